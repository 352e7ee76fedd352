import DequeModule
import GatewayKit
import Registry

/// The stored messages that wait only in the registry: those for which the outbox has no room, and those that the home
/// server has returned. They are read in pages. A page is read when the page before it is sent.
struct Backlog {
    /// A part of the waiting messages.
    enum Part: Codable, Equatable {
        /// All messages that came after the last message that was in memory.
        case newest
        /// The returned messages of a user who has become available.
        case returned(UserID)
    }

    /// The number of messages in one page.
    static let page = 250

    /// Whether messages wait in the registry that are newer than those in memory.
    private(set) var isOpen = false
    /// Whether a page is being read, or a failed read is to be repeated soon.
    private var isReading = false
    /// The id of the newest message that was in memory.
    private var last: String?
    /// Whether messages have come since the latest page was requested.
    private var hasGrown = false
    /// Users who have become available, and whose returned messages are not read yet.
    private var users: Deque<UserID> = []
    /// The id of the last message that was read for `users.first`.
    private var lastOfUser: String?
    /// The ids of the latest page. A read can find a message before the commit of the message is answered.
    private var lastPage: Set<String> = []

    /// Registers a message that the registry has just stored.
    ///
    /// - Parameter isRoom: whether the outbox has space for the message.
    /// - Returns: true if the caller must send the message. False if the message waits in the registry, or has been
    ///   read from there already.
    mutating func takes(_ id: String, isRoom: Bool) -> Bool {
        hasGrown = true
        if !lastPage.isEmpty {
            if lastPage.contains(id) { return false }
            lastPage = []
        }
        if !isRoom { isOpen = true }
        if !isOpen { last = id }
        return !isOpen
    }

    /// Adds the returned messages of a user who has become available.
    mutating func add(_ user: UserID) { users.append(user) }

    /// Removes the returned messages of a user who has unregistered.
    mutating func forget(_ user: UserID) {
        if users.first == user { lastOfUser = nil }
        users.removeAll { $0 == user }
    }

    /// Begins the read of a page. Returns the part of the page, and the id of the message before the page. Nil if no
    /// message waits, if a page is being read, or if a failed read is to be repeated soon.
    mutating func next() -> (part: Part, after: String?)? {
        guard !isReading, isOpen || !users.isEmpty else { return nil }
        isReading = true
        hasGrown = false
        // The newest messages go first. Otherwise the messages of a user could be read twice.
        if isOpen { return (.newest, last) }
        return users.first.map { (.returned($0), lastOfUser) }
    }

    /// Ends the read of a page. Returns false if the page must not be sent, because its part has changed meanwhile.
    mutating func took(_ page: [InboundEntry], of part: Part) -> Bool {
        isReading = false
        let isLast = page.count < Self.page
        switch part {
        case .newest:
            last = page.last?.id ?? last
            if isLast, !hasGrown { isOpen = false }
        case .returned(let user):
            // The page may contain messages that came meanwhile and found no room. They are read with the newest.
            guard !isOpen, users.first == user else { return false }
            lastOfUser = isLast ? nil : page.last?.id
            if isLast { users.removeFirst() }
        }
        if !page.isEmpty { lastPage = Set(page.map(\.id)) }
        return true
    }

    /// Lets the next read begin, after the read of a page has failed.
    mutating func mayReadAgain() { isReading = false }
}
