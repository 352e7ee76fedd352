import GatewayKit
import Logging
import Registry

/// Reads the messages that wait in the registry, and sends them.
extension Ledger {
    /// The page that is being read. `sent` has the ids of the messages that were in the outbox when the page was
    /// requested: the registry may still count them as open.
    private struct PageNote: Note {
        let part: Backlog.Part
        let sent: Set<String>
    }

    /// Whether a stored message may go to the outbox. If not, it is read from the registry later.
    func takes(_ entry: InboundEntry) -> Bool {
        let wasOpen = backlog.isOpen
        if backlog.takes(entry.id, isRoom: home.takesStored) { return true }
        if !wasOpen, backlog.isOpen {
            kernel.log(.notice, "many stored messages wait for the XMPP server; further ones wait in the registry")
        }
        return false
    }

    /// Reads the next page if the stream is open and no item waits in the outbox.
    func readBacklog() {
        guard kernel.isLinkOpen, home.outbox.unsent.isEmpty, let (part, after) = backlog.next() else { return }
        let user: UserID? = if case .returned(let user) = part { user } else { nil }
        let query = OpenInbound(gateway: kernel.gateway, user: user, after: after, limit: Backlog.page)
        let note = PageNote(part: part, sent: home.outbox.storedIDs)
        kernel.order(.read(query, .note(NoteSlip(Self.id, note))))
    }

    /// Reads the next page again. The timer of a failed read has ended.
    func readBacklogAgain() {
        backlog.mayReadAgain()
        readBacklog()
    }

    /// Handles the page of waiting messages that the registry has read.
    func read(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        if let note = note as? AgeNote {
            guard case .success(let page as [InboundEntry]) = result else { return reviewNext() }
            return review(page, note)
        }
        guard let note = note as? PageNote else { return }
        switch result {
        case .success(let page as [InboundEntry]): send(page, note)
        case .success: backlog.mayReadAgain()
        case .failure(let error):
            kernel.log(.error, "the registry cannot read stored messages; next try in 5 s", ["reason": "\(error)"])
            kernel.startTimer(Self.backlogTimer, after: .seconds(5))
        }
    }

    private func send(_ page: [InboundEntry], _ note: PageNote) {
        if backlog.took(page, of: note.part) {
            let known = note.sent.union(home.outbox.storedIDs)
            for entry in page where !known.contains(entry.id) { home.enqueue(.stored(entry)) }
        }
        if !home.outbox.isResendPlanned { home.sendUnsent() }
    }
}
