import GatewayKit
import XMPP

/// A long answer that a client reads page by page: with the steps of an ad-hoc command, or with `more` in a chat.
final class HeldPages {
    /// The session of the ad-hoc command; nil in a chat.
    let session: String?
    /// The full JID of the client that reads the pages.
    let client: JID
    /// The address of the gateway to which the client has sent the command.
    let address: JID
    /// The node of the command that has given the answer; nil in a chat.
    let node: String?
    private(set) var pages: [CommandResult]
    /// The index of the page that the client sees.
    private(set) var index = 0
    /// The command that gives the pages after the last one; nil if these are all.
    private(set) var next: CommandResult.Next?
    /// Whether the command was asked for further pages, and has not answered yet.
    var isRunning = false
    /// In a chat, the id of the message `more` with which the client has asked for further pages.
    var runningID: String?
    /// The approximate number of bytes of all pages.
    private(set) var bytes: Int
    /// The time from which the pages are not kept any more.
    var end: Timestamp

    /// Divides a result into pages for the forms of an ad-hoc command.
    convenience init(_ result: CommandResult, of session: CommandSessions.Session, end: Timestamp) {
        self.init(
            result, session.client, session.address, session: session.id,
            node: session.progress.definition.node, end: end)
    }

    /// Divides a result into pages: for a chat if `session` and `node` are nil, otherwise for forms.
    init(
        _ result: CommandResult, _ client: JID, _ address: JID, session: String? = nil, node: String? = nil,
        end: Timestamp
    ) {
        self.session = session
        self.node = node
        self.client = client
        self.address = address
        self.end = end
        pages = session == nil ? result.chatPages : result.formPages
        next = result.next
        bytes = result.bytes
    }

    /// The page that the client sees.
    var page: CommandResult { pages[index] }

    /// Whether another page follows this one.
    var hasMore: Bool { index + 1 < pages.count || next != nil }

    /// Goes to the next page. Returns false if this is the last one so far: then `next` asks for further pages.
    func turn() -> Bool {
        guard index + 1 < pages.count else { return false }
        index += 1
        return true
    }

    /// Goes to the page before. Returns false if this is the first.
    func turnBack() -> Bool {
        guard index > 0 else { return false }
        index -= 1
        return true
    }

    /// Adds the pages that the command `next` has given, and goes to the first of them.
    func append(_ result: CommandResult) {
        isRunning = false
        pages += session == nil ? result.chatPages : result.formPages
        next = result.next
        bytes += result.bytes
        index += 1
    }

    /// Tells the user which page this is, and how many there are if that is known.
    var place: String {
        let number = "Page \(index + 1)"
        return next == nil ? "\(number) of \(pages.count)." : "\(number)."
    }

    /// Frees the memory of all pages but the present one. Call it when too many pages are kept, or when they must not
    /// be read any more.
    func drop() {
        pages = [page]
        (index, next, bytes) = (0, nil, 0)
    }
}

/// Bounds the memory of the pages that the clients of all users read. When there are too many, the pages that were
/// shown the longest time ago are dropped.
struct HeldPageBudget {
    /// Maximum of bytes of all answers together.
    static let mostBytes = 32 << 20

    private var held: [HeldPages] = []

    /// Counts pages, drops those whose time is over, and drops old ones until the others fit. Call it when a page is
    /// shown.
    mutating func add(_ pages: HeldPages, now: Timestamp) {
        for old in held where old.end <= now { old.drop() }
        held.removeAll { $0 === pages || $0.end <= now }
        held.append(pages)
        var sum = held.reduce(0) { $0 + $1.bytes }
        while sum > Self.mostBytes, held.count > 1 {
            let old = held.removeFirst()
            sum -= old.bytes
            old.drop()
        }
    }

    /// Forgets pages that nobody reads any more.
    mutating func remove(_ pages: HeldPages) { held.removeAll { $0 === pages } }

    /// Forgets all pages. Call it when the gateway closes.
    mutating func removeAll() { held = [] }
}
