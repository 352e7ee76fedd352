import GatewayKit

/// The channels that the answer to LIST has named so far, in the server's order. Makes pages of them.
struct ChannelList: Sendable {
    /// One channel of the list.
    struct Entry: Sendable, Equatable {
        let name: String
        /// At most `topicLimit` bytes.
        let topic: String
        let users: Int32
        /// Whether everybody may enter; nil if the list does not tell.
        var isOpen: Bool?
    }

    /// The number of channels that are kept. The others are dropped, and the total is then unknown.
    static let limit = 100_000
    /// The number of bytes of a topic that are kept.
    static let topicLimit = 120

    private(set) var entries: [Entry] = []
    /// Whether the server has ended the list.
    private(set) var isComplete = false
    /// Whether the server or `limit` has cut the list off.
    private(set) var isCut = false

    /// Adds a channel. Returns false if the list is full.
    mutating func add(_ entry: Entry) -> Bool {
        guard entries.count < ChannelList.limit else {
            isCut = true
            return false
        }
        entries.append(entry)
        return true
    }

    /// Notes that channels were left out.
    mutating func cut() { isCut = true }

    /// Ends the list.
    ///
    /// - Parameter isCut: whether the server has left out channels.
    mutating func complete(isCut: Bool = false) {
        isComplete = true
        self.isCut = self.isCut || isCut
    }
}

extension ChannelList {
    /// The result of `page`.
    enum Answer: Equatable {
        case page([Entry], index: Int, total: Int?)
        /// The page needs entries that have not come yet.
        case notYet
        /// There is no channel with the key of the request.
        case noSuchItem
    }

    /// Makes a page of the channels that match. A page of all channels in the server's order can be made before the list
    /// is complete; every other page waits for the end of the list.
    ///
    /// - Parameter found: the result of the search (`ListSearch`); nil while it is not done.
    func page(_ search: RoomSearch, _ request: PageRequest, found: [Int]? = nil) -> Answer {
        guard search.isForAll else {
            guard isComplete, let found else { return .notYet }
            return page(of: found, request, total: isCut ? nil : found.count)
        }
        guard isComplete || isEarly(request) else { return .notYet }
        return page(of: entries.indices, request, total: isComplete && !isCut ? entries.count : nil)
    }

    /// Whether a page lies wholly within the entries that have come.
    private func isEarly(_ request: PageRequest) -> Bool {
        guard request.limit > 0 else { return false }
        switch request.start {
        case .first: return entries.count >= request.limit
        case .index(let index): return index >= 0 && entries.count - index >= request.limit
        case .after(let key):
            return position(of: key, in: entries.indices).map { entries.count - ($0 + 1) >= request.limit } ?? false
        case .before(let key): return position(of: key, in: entries.indices) != nil
        case .last: return false
        }
    }

    /// - Parameter found: the indices of the channels that match, in the order of the answer.
    private func page<Found: RandomAccessCollection<Int>>(of found: Found, _ request: PageRequest, total: Int?)
        -> Answer
    where Found.Index == Int {
        let range: Range<Int>
        switch request.start {
        case .first: range = 0..<min(request.limit, found.count)
        case .last: range = max(found.count - request.limit, 0)..<found.count
        case .index(let index):
            let start = min(max(index, 0), found.count)
            range = start..<min(start + request.limit, found.count)
        case .after(let key):
            guard let index = position(of: key, in: found) else { return .noSuchItem }
            range = index + 1..<min(index + 1 + request.limit, found.count)
        case .before(let key):
            guard let index = position(of: key, in: found) else { return .noSuchItem }
            range = max(index - request.limit, 0)..<index
        }
        return .page(found[range].map { entries[$0] }, index: range.lowerBound, total: total)
    }

    private func position<Found: RandomAccessCollection<Int>>(of key: String, in found: Found) -> Int?
    where Found.Index == Int {
        found.firstIndex { entries[$0].hasKey(key) }
    }
}

extension RoomSearch {
    /// Whether the search asks for all channels in the server's order.
    var isForAll: Bool { matching == nil && fewest <= 0 && order == .network }
}

extension ChannelList.Entry {
    /// Whether this is the channel with that name in its address.
    fileprivate func hasKey(_ key: String) -> Bool {
        name.utf8.count == key.utf8.count && (name == key || IRCRules.canonical(name) == key)
    }

    /// The room for the core.
    func listing(on network: NetworkID) -> RoomListing {
        RoomListing(
            RoomAddress(network: network, name: IRCRules.canonical(name)), name: name,
            topic: topic.isEmpty ? nil : topic, occupants: Int(users), isOpen: isOpen)
    }
}
