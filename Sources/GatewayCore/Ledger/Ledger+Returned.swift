import DequeModule
import GatewayKit
import Logging
import Registry
import XMPP

/// Messages that the home server has returned. They are sent again when the user becomes available. A message that
/// cannot reach its user for `Limits.returnedLifetime`, because the user has blocked its sender or has no account any
/// more, is given up.
extension Ledger {
    /// A page of messages of a user is read, to find those that have waited too long.
    struct AgeNote: Note {
        let user: UserID
        /// The id of the message before the page; nil for the first page.
        let after: String?
    }

    /// Keeps a message that the home server has returned until the user becomes available, or gives it up.
    func keepReturned(id: String, of user: UserID) {
        guard let entry = home.outbox.takeReturned(id: id, of: user) else { return }
        guard !isTooOld(entry) else { return giveUp([entry], of: user) }
        usersWithReturnedMessages.insert(movedUsers[entry.account.user] ?? entry.account.user)
    }

    /// Sends again the messages that the home server has returned, and tells the outcomes that wait for a client. Call
    /// this when the user becomes available.
    ///
    /// - Parameter client: the client that has come.
    func sendReturned(to user: UserID, client: JID?) {
        guard kernel.isLinkOpen else { return }
        if let client, client.resource != nil { tellHeld(to: client, of: user) }
        guard usersWithReturnedMessages.remove(user) != nil else { return }
        backlog.add(user)
        readBacklog()
    }

    /// Looks for returned messages that have waited too long, of one user after another. Called every hour.
    func reviewReturned() {
        guard toReview.isEmpty else { return }
        toReview = Deque(usersWithReturnedMessages)
        if let first = toReview.first { readAges(of: first, after: nil) }
    }

    private func readAges(of user: UserID, after: String?) {
        let query = OpenInbound(gateway: kernel.gateway, user: user, after: after, limit: Backlog.page)
        kernel.order(.read(query, .note(NoteSlip(Self.id, AgeNote(user: user, after: after)))))
    }

    /// Goes on with the next user.
    func reviewNext() {
        toReview.removeFirst()
        if let next = toReview.first { readAges(of: next, after: nil) }
    }

    /// Gives up the messages of a page that have waited too long. Messages that are being sent are left alone.
    func review(_ page: [InboundEntry], _ note: AgeNote) {
        let sent = home.outbox.storedIDs
        let old = page.filter { isTooOld($0) && !sent.contains($0.id) }
        if !old.isEmpty { giveUp(old, of: note.user) }
        if page.isEmpty, note.after == nil { usersWithReturnedMessages.remove(note.user) }
        // The messages are in order of their age.
        guard page.count == Backlog.page, let last = page.last, isTooOld(last) else { return reviewNext() }
        readAges(of: note.user, after: last.id)
    }

    private func isTooOld(_ entry: InboundEntry) -> Bool {
        kernel.world.now() >= entry.receivedAt.advanced(by: kernel.settings.limits.returnedLifetime)
    }

    private func giveUp(_ entries: [InboundEntry], of user: UserID) {
        for _ in entries { kernel.count(.messagesGivenUp) }
        kernel.log(
            .notice, "messages are given up: the user's XMPP server returns them. The account may not exist any more",
            [
                "user": "\(user)", "count": "\(entries.count)",
                "ids": "\(entries.prefix(10).map(\.id).joined(separator: " "))",
            ])
        kernel.commit(.finishInbound(ids: entries.map(\.id)))
    }
}
