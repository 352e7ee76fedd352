import Basics
import DequeModule
import GatewayKit

/// The lines of the protocol and the commands that the user has typed, and the replies of the server to them. One line
/// is under way at a time, so that replies without a label belong to it.
struct UserLines {
    /// The form of the answer for the core.
    enum Form { case raw, command }

    /// One line whose replies the user gets.
    struct Item {
        let id: RequestID
        let line: OutboundLine
        let form: Form
        /// A line that the gateway puts before the replies, such as "To anna: hello"; nil if there is none.
        let confirmation: String?
        /// The replies that have come.
        var lines: [String] = []
        /// The error reply to the line. Nil if there was none.
        var refusal: Failure?

        init(_ id: RequestID, _ line: OutboundLine, _ form: Form, confirmation: String? = nil) {
            self.id = id
            self.line = line
            self.form = form
            self.confirmation = confirmation
        }
    }

    /// The number of lines that may wait.
    static let mostWaiting = 50
    /// The number of reply lines that are kept for one answer.
    static let mostLines = 500

    /// The line under way. Nil if there is none.
    private(set) var current: Item? {
        get { rareCurrent.value }
        set { rareCurrent.value = newValue }
    }
    private var rareCurrent = Rare<Item>()
    private(set) var waiting: Deque<Item> = []

    var isOpen: Bool { !rareCurrent.isEmpty }

    /// Adds a line. Returns false if too many wait.
    mutating func add(_ item: Item) -> Bool {
        guard waiting.count < UserLines.mostWaiting else { return false }
        waiting.append(item)
        return true
    }

    /// Makes the oldest waiting line the current one, if there is no current one, and returns it. Otherwise nil.
    mutating func next() -> Item? {
        guard current == nil, let item = waiting.popFirst() else { return nil }
        current = item
        return item
    }

    /// Adds a reply to the current line.
    mutating func heard(_ reply: String) {
        guard let count = current?.lines.count, count <= UserLines.mostLines else { return }
        current?.lines.append(count < UserLines.mostLines ? reply : "There were further lines.")
    }

    /// Notes that an error reply refuses the current line.
    mutating func refused(_ failure: Failure) { if current?.refusal == nil { current?.refusal = failure } }

    /// Whether the current line has this command, which the reply names.
    func isCurrent(command: String) -> Bool { current?.line.command?.uppercased() == command.uppercased() }

    /// Ends the current line, and returns it.
    mutating func end() -> Item? {
        defer { current = nil }
        return current
    }

    /// Ends all lines, and returns their requests.
    mutating func endAll() -> [RequestID] {
        defer {
            current = nil
            waiting = []
        }
        return (current.map { [$0] } ?? []).map(\.id) + waiting.map(\.id)
    }
}
