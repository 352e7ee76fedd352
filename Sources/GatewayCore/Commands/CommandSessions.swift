import GatewayKit
import XMPP

/// The unfinished commands of one user (XEP-0050 §2.4), each with the forms that the user has submitted so far.
final class CommandSessions {
    /// A command that a client executes in several steps.
    struct Session {
        let id: String
        /// The client that executes the command. No other client may continue it.
        let client: JID
        let target: JID
        let node: String
        /// The submitted forms, the first stage first.
        var forms: [DataForm]
        /// Whether the stage that the client sees is the last one.
        var isLastStage: Bool
        var end: Timestamp
    }

    /// Maximum of unfinished commands. The oldest is dropped for a new one.
    static let most = 20
    /// How long a command waits for its next step.
    static let lifetime: Duration = .seconds(3600)

    private var sessions: [Session] = []

    /// The unfinished command with this id; nil if there is none.
    subscript(id: String) -> Session? { sessions.first { $0.id == id } }

    /// Keeps a command after a step.
    func keep(_ session: Session) {
        remove(session.id)
        if sessions.count >= Self.most { sessions.removeFirst() }
        sessions.append(session)
    }

    func remove(_ id: String) { sessions.removeAll { $0.id == id } }

    /// Whether a command waits for its next step.
    func isWaiting(at now: Timestamp) -> Bool { sessions.contains { $0.end > now } }
}
