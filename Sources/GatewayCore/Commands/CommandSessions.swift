import GatewayKit
import XMPP

/// The unfinished commands of one user: those of clients with forms (XEP-0050 §2.4), and dialogues in chats.
final class CommandSessions {
    /// A command that a client executes in several steps.
    struct Session {
        let id: String
        /// The client that executes the command. No other client may continue it.
        let client: JID
        let address: JID
        var progress: CommandProgress
        /// Whether the feature of the command has yet to answer the last step.
        var isRunning = false
        var end: Timestamp
    }

    /// Maximum of unfinished commands, and of dialogues. The oldest is dropped for a new one.
    static let most = 20
    /// Maximum of long answers that are kept for all clients of the user. The oldest is dropped for a new one.
    static let mostPages = 4
    /// How long a command waits for its next step.
    static let lifetime: Duration = .seconds(3600)

    private var sessions: [Session] = []
    private var dialogues: [Dialogue] = []
    /// Dialogues that were dropped for newer ones, oldest first, without their values.
    private var droppedDialogues: [EndedDialogue] = []
    /// The long answers that the user's clients read page by page, oldest first.
    private var held: [HeldPages] = []
    /// The number of texts in a row that were no command (`Commands.mostMisunderstood`).
    var misunderstood = 0

    /// A dialogue that has ended though its questions were not all answered.
    private struct EndedDialogue {
        let client: JID
        let address: JID
        let title: String
        let end: Timestamp
    }

    /// How long the gateway remembers that a dialogue has ended.
    private static let rememberedFor: Duration = .seconds(86_400)

    /// The unfinished command with this id; nil if there is none.
    subscript(id: String) -> Session? { sessions.first { $0.id == id } }

    /// Keeps a command after a step.
    func keep(_ session: Session) {
        remove(session.id)
        if sessions.count >= Self.most { sessions.removeFirst() }
        sessions.append(session)
    }

    func remove(_ id: String) { sessions.removeAll { $0.id == id } }

    /// The dialogue that a client has at an address; nil if there is none, or if it has waited too long.
    func dialogue(of client: JID, at address: JID, now: Timestamp) -> Dialogue? {
        dialogues.first { $0.client == client && $0.address == address && $0.end > now }
    }

    /// Keeps a dialogue after a message. Each client has one at each address.
    func keep(_ dialogue: Dialogue) {
        endDialogue(of: dialogue.client, at: dialogue.address)
        if dialogues.count >= Self.most { drop(dialogues.removeFirst()) }
        dialogues.append(dialogue)
    }

    func endDialogue(of client: JID, at address: JID) {
        dialogues.removeAll { $0.client == client && $0.address == address }
        droppedDialogues.removeAll { $0.client == client && $0.address == address }
    }

    private func drop(_ old: Dialogue) {
        if droppedDialogues.count >= Self.most { droppedDialogues.removeFirst() }
        droppedDialogues.append(
            EndedDialogue(client: old.client, address: old.address, title: old.form.title, end: old.end))
    }

    /// Forgets the dialogue that a client has had at an address, and that has ended within the last day: it has waited
    /// too long, or was dropped for newer ones. Returns its title; nil if there is none.
    func takeEnded(of client: JID, at address: JID, now: Timestamp) -> String? {
        let old = dialogues.first { $0.client == client && $0.address == address && !$0.isRunning }
        let title =
            old.map { ($0.form.title, $0.end) }
            ?? droppedDialogues.first { $0.client == client && $0.address == address }.map { ($0.title, $0.end) }
        endDialogue(of: client, at: address)
        guard let (title, end) = title, now < end.advanced(by: Self.rememberedFor) else { return nil }
        return title
    }

    // MARK: Pages

    /// The pages that the session of an ad-hoc command shows; nil if there are none.
    func pages(of session: String) -> HeldPages? { held.first { $0.session == session } }

    /// The pages that a client reads in the chat with an address; nil if there are none.
    func pages(of client: JID, at address: JID) -> HeldPages? {
        held.first { $0.session == nil && $0.client == client && $0.address == address }
    }

    /// Keeps the pages of a long answer, in place of those of the same session, or of the same client in the same chat.
    func keep(_ pages: HeldPages) {
        held.removeAll { old in
            guard old.session == pages.session, old.client == pages.client, old.address == pages.address else {
                return false
            }
            if old !== pages { old.drop() }
            return true
        }
        if held.count >= Self.mostPages { held.removeFirst().drop() }
        held.append(pages)
    }

    /// Forgets pages that the client has read to the end, or has cancelled.
    func remove(_ pages: HeldPages) { held.removeAll { $0 === pages } }

    /// Forgets all long answers. Call it when the user has unregistered, because they may contain deleted data.
    func dropPages() {
        for pages in held { pages.drop() }
        held = []
    }

    /// Whether a command waits for its next step or its answer, or a client reads a long answer.
    func isWaiting(at now: Timestamp) -> Bool {
        sessions.contains { $0.end > now } || dialogues.contains { $0.end > now } || held.contains { $0.end > now }
    }
}
