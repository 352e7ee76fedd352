import GatewayKit
import Logging
import Registry
import XMPP

/// Sends the presence of the gateway and of the contacts to all users when the stream opens and when the gateway stops
/// (XEP-0100 §4.1.3, §8).
extension Contacts {
    /// The number of the announcement for which the registry reads a page.
    struct PageNote: Note { let announcement: Int }

    /// The registry counts the contacts that are told goodbye.
    struct CountNote: Note {}

    /// Whether an announcement is under way.
    var isAnnouncing: Bool { announcement != nil }

    /// Starts all work that the opened stream allows: unfinished removals, the announcement, and the contacts on live
    /// networks.
    func linkOpened() {
        for id in removals.keys { jobs.enqueue(SlicedJob(Self.id, Job.removal), for: id) }
        announce(.arrival)
        // On a gateway of stored addresses, the announcement covers all contacts. On a live network it covers the
        // gateway alone, so the contacts of loaded users need jobs of their own.
        guard kernel.description.delivery == .live else { return }
        for user in kernel.users.loaded where hasContacts(user) {
            for network in accounts.networksOnline(of: user) {
                jobs.enqueue(SlicedJob(Self.id, Job.peers(network)), for: user.id)
            }
        }
    }

    /// Stops the work that needs the stream. `linkOpened` starts it anew.
    func linkClosed() {
        announcement = nil
        for id in removals.keys { removals[id]?.beginAnew() }
        for user in kernel.users.loaded {
            states[user]?.remainingLocalparts = nil
            states[user]?.forgetGreeted(nil)
        }
    }

    /// Starts an announcement in place of the current one. Does nothing while the stream is closed.
    func announce(_ kind: Announcement.Kind) {
        guard kernel.isLinkOpen else { return }
        lastAnnouncement += 1
        announcement = Announcement(kind: kind, number: lastAnnouncement)
        readPage()
        if kind == .departure { beginGoodbyes() }
    }

    private func beginGoodbyes() {
        goodbyes = Goodbyes()
        let isLive = kernel.description.delivery == .live
        let count = ContactCount(gateway: kernel.gateway, onlyGateway: isLive)
        kernel.order(.read(count, .note(NoteSlip(Self.id, CountNote()))))
        guard isLive else { return }
        for user in kernel.users.loaded where hasContacts(user) && !accounts.networksOnline(of: user).isEmpty {
            goodbyes?.live += states[user]?.localparts.count { !$0.isEmpty } ?? 0
            jobs.enqueue(SlicedJob(Self.id, Job.departure), for: user.id)
        }
    }

    /// Has the registry read the next page, unless a page is being read or sent. Contacts on a live network are
    /// available only to loaded users, so its pages hold the gateway alone.
    private func readPage() {
        guard let announcement, !announcement.isReading, announcement.page.isEmpty else { return }
        self.announcement?.isReading = true
        let query = ContactPage(
            gateway: kernel.gateway, after: announcement.last, limit: Announcement.pageSize,
            onlyGateway: kernel.description.delivery == .live)
        kernel.order(.read(query, .note(NoteSlip(Self.id, PageNote(announcement: announcement.number)))))
    }

    /// Takes a page from the registry and sends it in slices. After an error, the page is read again in 5 s. Takes the
    /// number of contacts, too.
    func read(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        if note is CountNote { return counted(result) }
        guard let note = note as? PageNote, note.announcement == announcement?.number else { return }
        announcement?.isReading = false
        switch result {
        case .success(let page as [ContactRecord]):
            announcement?.add(page)
            jobs.enqueue(SlicedJob(Self.id, Announcement.Job()), for: UserID(kernel.gateway))
        case .success: announcement = nil
        case .failure(let error):
            kernel.log(.error, "the registry cannot read the contacts; next try in 5 s", ["reason": "\(error)"])
            kernel.startTimer(Self.announceTimer, after: .seconds(5))
        }
    }

    private func counted(_ result: Result<any Sendable, RegistryError>) {
        if case .success(let count as Int) = result { goodbyes?.stored = count }
    }

    /// Tries again to read the page that the registry could not read.
    func announceDue() { readPage() }

    /// Sends a slice of the current page. Returns true when the page is finished; then the next page is read.
    func announceSlice() -> Bool {
        guard var current = announcement, !current.isReading else { return true }
        announcement?.page = []
        let end = jobs.end
        while kernel.orderedCount < end, let contact = current.page.popFirst() {
            sendPresence(of: contact, current.kind)
            if current.kind == .departure { goodbyes?.told += 1 }
        }
        announcement?.page = current.page
        guard current.page.isEmpty else { return false }
        if current.isComplete { announcement = nil } else { readPage() }
        return true
    }

    private func sendPresence(of contact: ContactRecord, _ kind: Announcement.Kind) {
        guard let jid = try? JID(contact.user.rawValue), kernel.mayUse(jid),
            let from = kernel.addresses.jid(localpart: contact.localpart)
        else { return }
        let user = kernel.users[contact.user]
        // The user may have removed the contact since the page was read.
        if let user, !has(contact.localpart, user) { return }
        switch kind {
        case .departure: home.send(Presence(StanzaHead(to: jid, from: kernel.present(as: from)), type: .unavailable))
        case .arrival where isAvailable(contact.localpart, user):
            home.send(presence(of: contact.localpart, as: from, to: jid, user))
        case .arrival: break
        }
    }
}
