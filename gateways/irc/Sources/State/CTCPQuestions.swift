import DequeModule
import GatewayKit
import NIOCore

/// Our CTCP questions to people that wait for an answer, oldest first.
struct CTCPQuestions {
    enum Kind: String, Sendable { case version = "VERSION", ping = "PING", time = "TIME" }

    private struct Open {
        let kind: Kind
        let name: FoldedName
        let id: RequestID
        let deadline: NIODeadline
    }

    /// How long an answer may take.
    static let timeout = TimeAmount.seconds(30)
    /// The number of questions that may wait.
    static let limit = 20

    private var open: Deque<Open> = []

    var isEmpty: Bool { open.isEmpty }
    var isFull: Bool { open.count >= CTCPQuestions.limit }
    /// When `takeLate` is due. Nil if no question waits.
    var nextDeadline: NIODeadline? { open.first?.deadline }

    mutating func add(_ kind: Kind, _ name: FoldedName, _ id: RequestID, now: NIODeadline) {
        open.append(Open(kind: kind, name: name, id: id, deadline: now + CTCPQuestions.timeout))
    }

    /// Removes the oldest question with this command to this person, and returns its id. Nil if there is none.
    mutating func take(_ command: String, _ name: FoldedName) -> RequestID? {
        open.firstIndex { $0.kind.rawValue == command && $0.name == name }.map { open.remove(at: $0).id }
    }

    /// Removes a question whose line was refused. Returns false if the question has its answer already.
    mutating func remove(_ id: RequestID) -> Bool {
        open.firstIndex { $0.id == id }.map { open.remove(at: $0) } != nil
    }

    /// Removes the questions whose deadline has passed, and returns their requests.
    mutating func takeLate(now: NIODeadline) -> [RequestID] {
        var late: [RequestID] = []
        while let first = open.first, now >= first.deadline { late.append(open.removeFirst().id) }
        return late
    }

    /// Removes all questions, and returns their requests.
    mutating func takeAll() -> [RequestID] {
        defer { open = [] }
        return open.map(\.id)
    }
}
