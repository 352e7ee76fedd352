import GatewayKit
import Registry
import XML
import XMPP

/// The items for the home server that are not sent yet, or sent but unconfirmed.
///
/// The component stream (XEP-0114) has no acknowledgements, so fences stand in for them. A fence is a ping that comes
/// back in order. An answered fence confirms everything that was sent before it. After a break of the stream,
/// unconfirmed items are sent again with the same ids.
struct HomeOutbox {
    /// Something to send to the home server, in a form that can be sent again.
    enum Item {
        /// A message from a stored address. The registry holds it.
        case stored(InboundEntry)
        /// The receipt or error for an entry of the ledger that has ended. The registry holds the outcome.
        case report(RequestID, Message)
        /// Any other message, such as one from a live address, or an error. Only memory holds it.
        case direct(Message)
        /// A message that a room has sent to its members. If it stays unconfirmed, the room gets it back.
        case roomMessage(UserID, RoomAddress, RoomMessage)
        /// A stanza that the open stream has refused and that nothing else keeps. It is sent once more, and never
        /// confirmed.
        case refused(Stanza)
    }

    /// Items that wait to be sent.
    private(set) var unsent = Pile()
    /// Items that were sent after the latest fence.
    private(set) var unfenced = Pile()
    /// Items that were sent before the fence that is under way.
    private(set) var fencing = Pile()
    /// The number of the latest fence.
    private(set) var batch = 0
    /// Whether a timer will send a fence soon.
    var isFencePlanned = false
    /// Whether a timer will soon send the stanzas again that the stream has refused.
    var isResendPlanned = false
    /// A full queue keeps this many of one user's newest live messages. The messages are not counted each time, so a
    /// queue can have up to twice the number.
    static let mostLiveOfUser = 1_000
    /// A full queue keeps this many live messages of all users together. Up to twice the number can be in a queue.
    static let mostLive = 10_000
    /// The maximum of stored messages that wait here. Further ones wait in the registry.
    static let mostStored = 2_000
    /// Waiting items are sent only while fewer items than this are unconfirmed. After a long outage, all items at once
    /// could exceed the capacity of the stream, and the stream would refuse them again and again.
    static let mostUnconfirmed = 500

    /// Adds an item that has been sent. Returns the live messages that are dropped for it.
    mutating func sent(_ item: consuming Item) -> Dropped? { unfenced.append(item) }

    /// Adds a note that belongs to the stanzas sent after the latest fence.
    mutating func add(_ note: NoteSlip) { unfenced.notes.append(note) }

    /// Adds an item that waits to be sent. Returns the live messages that are dropped for it.
    mutating func enqueue(_ item: consuming Item) -> Dropped? {
        if item.isRefused { refusedCount += 1 }
        return unsent.append(item)
    }

    /// The ids of all stored messages that wait or are unconfirmed.
    var storedIDs: Set<String> {
        Set([unsent, unfenced, fencing].flatMap { $0.items.compactMap(\.entry?.id) })
    }

    /// Whether another refused stanza can be kept.
    var hasRoomForRefused: Bool { refusedCount < Self.mostRefused }

    /// The number of refused stanzas in `unsent`.
    private var refusedCount = 0
    /// The maximum of refused stanzas in `unsent`. The gateway stops reading from the home server long before, so new
    /// requests do not add to them.
    private static let mostRefused = 20_000

    /// Begins a fence behind all sent items and returns its number. Nil if a fence is under way already, or if nothing
    /// was sent after the latest one.
    mutating func nextFence() -> Int? {
        guard fencing.isEmpty, !unfenced.isEmpty else { return nil }
        fencing = unfenced
        unfenced = Pile()
        batch += 1
        return batch
    }

    /// Removes and returns the items that an answered fence confirms; empty if the fence is not the latest one.
    mutating func fenced(_ number: Int) -> Pile {
        guard number == batch else { return Pile() }
        defer { fencing = Pile() }
        return fencing
    }

    /// Removes and returns all unconfirmed items and notes, oldest first. Call it when they count as lost.
    mutating func linkBroke() -> (items: [Item], notes: [NoteSlip]) {
        let lost = (fencing.items + unfenced.items, fencing.notes + unfenced.notes)
        fencing = Pile()
        unfenced = Pile()
        return lost
    }

    /// Queues items before all items that wait to be sent. Returns the live messages that are dropped for them.
    mutating func putBack(_ items: [Item]) -> Dropped? { unsent.putFirst(items) }

    /// Removes and returns the oldest items that wait to be sent.
    mutating func takeUnsent(atMost count: Int) -> [Item] {
        let taken = unsent.takeFirst(atMost: count)
        if refusedCount > 0 { refusedCount -= taken.count { $0.isRefused } }
        return taken
    }

    /// The number of unconfirmed items.
    var unconfirmed: Int { unfenced.count + fencing.count }

    /// Removes and returns an unconfirmed message from a stored address that the home server has returned with an
    /// error. Nil if no such message has this id and was sent to this user. The user is checked because ids can be
    /// guessed.
    mutating func takeReturned(id: String, of user: UserID) -> InboundEntry? {
        let isMeant = { (entry: InboundEntry) in entry.id == id && entry.account.user == user }
        return unfenced.takeStored(where: isMeant) ?? fencing.takeStored(where: isMeant)
    }
}

extension HomeOutbox.Item {
    fileprivate var isRefused: Bool { if case .refused = self { true } else { false } }

    /// The registry's entry of a message from a stored address; nil for any other item.
    var entry: InboundEntry? { if case .stored(let entry) = self { entry } else { nil } }
}

/// A room message that is kept because the home server, or the members of the room, may not have it.
struct RoomMessage {
    /// The shown nick of the occupant who said it; nil for the room itself.
    let nick: String?
    /// The body or, for an action such as a reaction, its payload.
    let payload: [Element]
    /// The id of the stanza, and the stanza-id (XEP-0359) that the room gives it.
    let id: String
    /// The occupant id (XEP-0421) of the occupant who said it; nil for the room itself.
    let occupantID: String?
    /// When it was said.
    let at: Timestamp

    /// Whether the room itself says something in words. Its other messages, such as that its settings have changed, are
    /// for the client.
    var isOfRoom: Bool { nick == nil && payload.contains { $0.name == "body" } }
}
