import GatewayKit

/// A search in a complete list of channels. It is done in slices, so that a long list makes nobody wait.
struct ListSearch {
    /// The number of channels that one slice looks at, and of comparisons that it makes.
    static let slice = 4_000

    let search: RoomSearch
    /// The words to find, in lower case.
    private let words: [[UInt8]]
    private var sort: SlicedSort?
    /// All channels in the order of the search. Nil until they are sorted.
    private(set) var sorted: [Int]?
    /// The number of channels of `sorted` that have been looked at.
    private var position = 0
    /// The indices of the channels that have been found so far, in the order of the search.
    private(set) var found: [Int] = []
    private(set) var isDone = false

    /// - Parameter sorted: all channels in the order of the search, if the caller has them.
    init(_ search: RoomSearch, in list: ChannelList, sorted: [Int]? = nil) {
        self.search = search
        words = (search.matching ?? "").split(separator: " ").map { Array(IRCRules.canonical(String($0)).utf8) }
        self.sorted = sorted ?? (search.order == .network ? Array(list.entries.indices) : nil)
        if self.sorted == nil { sort = SlicedSort(count: list.entries.count) }
    }

    /// Does the next slice.
    mutating func advance(in list: ChannelList, slice: Int = ListSearch.slice) {
        guard let sorted else { return continueSort(in: list, slice: slice) }
        let end = min(position + slice, sorted.count)
        for index in sorted[position..<end] where list.entries[index].fits(search, words) { found.append(index) }
        position = end
        isDone = end == sorted.count
    }

    private mutating func continueSort(in list: ChannelList, slice: Int) {
        let entries = list.entries
        sort?.advance(steps: slice) { [order = search.order] in ListSearch.comesFirst($0, $1, order, entries) }
        guard let done = sort, done.isDone else { return }
        (sorted, sort) = (done.numbers, nil)
    }

    /// Whether a channel stands before another one.
    private static func comesFirst(_ one: Int, _ two: Int, _ order: RoomSearch.Order, _ entries: [ChannelList.Entry])
        -> Bool
    {
        switch order {
        case .network: one < two
        case .occupants: (entries[two].users, one) < (entries[one].users, two)
        case .name:
            switch entries[one].name.compare(folded: entries[two].name) {
            case 0: one < two
            case let difference: difference < 0
            }
        }
    }
}

extension ChannelList.Entry {
    /// Whether the channel has enough people and all words.
    fileprivate func fits(_ search: RoomSearch, _ words: [[UInt8]]) -> Bool {
        users >= search.fewest && words.allSatisfy { contains($0, in: search.fields) }
    }

    /// Whether one of the texts contains these bytes.
    private func contains(_ wanted: [UInt8], in fields: Set<RoomSearch.Field>) -> Bool {
        (fields.contains(.name) && name.contains(folded: wanted))
            || (fields.contains(.topic) && topic.contains(folded: wanted))
    }
}

extension String {
    /// Compares the bytes of two texts; A–Z count as a–z. The result is negative if this text comes first, and 0 if the
    /// texts are equal.
    fileprivate func compare(folded other: String) -> Int {
        let result = utf8.withContiguousStorageIfAvailable { one in
            other.utf8.withContiguousStorageIfAvailable { two in
                for index in 0..<min(one.count, two.count) where one[index] != two[index] {
                    let difference = Int(one[index].lowerASCII) - Int(two[index].lowerASCII)
                    if difference != 0 { return difference }
                }
                return one.count - two.count
            }
        }
        return result.flatMap { $0 } ?? 0
    }

    /// Whether the text contains these bytes. A–Z count as a–z.
    ///
    /// - Parameter wanted: at least one byte, with A–Z in lower case.
    fileprivate func contains(folded wanted: [UInt8]) -> Bool {
        let isFound = utf8.withContiguousStorageIfAvailable { bytes in
            guard let first = wanted.first, bytes.count >= wanted.count else { return false }
            for start in 0...(bytes.count - wanted.count) where bytes[start].lowerASCII == first {
                let rest = 1..<wanted.count
                if rest.allSatisfy({ bytes[start + $0].lowerASCII == wanted[$0] }) { return true }
            }
            return false
        }
        return isFound ?? false
    }
}

extension UInt8 {
    fileprivate var lowerASCII: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
}
