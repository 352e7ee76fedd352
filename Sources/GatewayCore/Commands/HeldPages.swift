import GatewayKit
import XMPP

/// A long answer that a client reads page by page: with the steps of an ad-hoc command, or with `more` in a chat.
final class HeldPages {
    /// The session of the ad-hoc command; nil in a chat.
    let session: String?
    let client: JID
    let address: JID
    /// The node of the command that has given the answer; nil in a chat.
    let node: String?
    private(set) var pages: [CommandResult]
    /// The page that the client sees.
    private(set) var index = 0
    /// The command that gives the pages behind the last; nil if these are all.
    private(set) var next: CommandResult.Next?
    /// Whether the command has yet to answer with further pages.
    var isRunning = false
    /// The id of the message that has asked for these pages in a chat.
    var runningID: String?
    private(set) var bytes: Int
    /// When the pages are not kept any more.
    var end: Timestamp

    /// The pages of the answer to a step of an ad-hoc command.
    convenience init(_ result: CommandResult, of session: CommandSessions.Session, end: Timestamp) {
        self.init(
            result, session.client, session.address, session: session.id,
            node: session.progress.definition.node, end: end)
    }

    /// The pages of an answer in a chat, if no session and node are given.
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

    var page: CommandResult { pages[index] }

    /// Whether the client can go on.
    var hasMore: Bool { index + 1 < pages.count || next != nil }

    /// Goes to the next page. Returns false if it has yet to be asked for with `next`.
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

    /// Takes what the command gives for `next`, and goes to the first page of it.
    func append(_ result: CommandResult) {
        isRunning = false
        pages += session == nil ? result.chatPages : result.formPages
        next = result.next
        bytes += result.bytes
        index += 1
    }

    /// The place of the page among all, for the user.
    var place: String {
        let number = "Page \(index + 1)"
        return next == nil ? "\(number) of \(pages.count)." : "\(number)."
    }

    /// Drops the pages, because too many are kept.
    func drop() {
        pages = [page]
        (index, next, bytes) = (0, nil, 0)
    }
}

/// The pages that clients of all users read, within limits. Those that were kept first are dropped for new ones.
struct HeldPageBudget {
    /// Maximum of bytes of all answers together.
    static let mostBytes = 32 << 20

    private var held: [HeldPages] = []

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

    mutating func removeAll() { held = [] }
}
