import GatewayKit
import Logging
import Registry
import XMPP

/// The gateway and its contacts come and go: everybody is told (XEP-0100 §4.1.3, §8).
extension Contacts {
    /// A page that is being read.
    struct PageNote: Note { let announcement: Int }

    var isAnnouncing: Bool { announcement != nil }

    func linkOpened() {
        for id in removals.keys { slices.add(SlicedJob(Self.id, Job.removal), for: id) }
        announce(.arrival)
        // The announcement has all contacts of stored addresses.
        guard kernel.description.delivery == .live else { return }
        for user in kernel.users.loaded where hasContacts(user) {
            for network in accounts.networksOnline(of: user) {
                slices.add(SlicedJob(Self.id, Job.peers(network)), for: user.id)
            }
        }
    }

    func linkClosed() {
        announcement = nil
        for id in removals.keys { removals[id]?.beginAnew() }
        for user in kernel.users.loaded { states[user]?.rest = nil }
    }

    func announce(_ kind: Announcement.Kind) {
        guard kernel.isLinkOpen else { return }
        lastAnnouncement += 1
        announcement = Announcement(kind: kind, number: lastAnnouncement)
        readPage()
        guard kind == .departure, kernel.description.delivery == .live else { return }
        for user in kernel.users.loaded where hasContacts(user) && !accounts.networksOnline(of: user).isEmpty {
            slices.add(SlicedJob(Self.id, Job.departure), for: user.id)
        }
    }

    /// People on a live network are there only for users who are loaded, so that of all others the gateway alone is told.
    private func readPage() {
        guard let announcement, !announcement.isReading, announcement.page.isEmpty else { return }
        self.announcement?.isReading = true
        let query = ContactPage(
            gateway: kernel.gateway, after: announcement.last, limit: Announcement.pageSize,
            onlyGateway: kernel.description.delivery == .live)
        kernel.order(.read(query, .note(NoteSlip(Self.id, PageNote(announcement: announcement.number)))))
    }

    func read(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let note = note as? PageNote, note.announcement == announcement?.number else { return }
        announcement?.isReading = false
        switch result {
        case .success(let page as [ContactRecord]):
            announcement?.add(page)
            slices.add(SlicedJob(Self.id, Announcement.Job()), for: UserID(kernel.gateway))
        case .success: announcement = nil
        case .failure(let error):
            kernel.log(.error, "the contacts cannot be read; another try follows", ["reason": "\(error)"])
            kernel.order(.timer(.announce, after: .seconds(5)))
        }
    }

    /// A page could not be read some seconds ago.
    func announceDue() { readPage() }

    func announceSlice() -> Bool {
        guard var current = announcement, !current.isReading else { return true }
        announcement?.page = []
        let end = slices.end
        while kernel.orderedCount < end, let contact = current.page.popFirst() { tell(contact, current.kind) }
        announcement?.page = current.page
        guard current.page.isEmpty else { return false }
        if current.isComplete { announcement = nil } else { readPage() }
        return true
    }

    private func tell(_ contact: ContactRecord, _ kind: Announcement.Kind) {
        guard let jid = try? JID(contact.user.rawValue), kernel.settings.allows(jid),
            let from = kernel.addresses.jid(localpart: contact.localpart)
        else { return }
        let user = kernel.users[contact.user]
        // It may have been removed since the page was read.
        if let user, !has(contact.localpart, user) { return }
        switch kind {
        case .departure: home.send(Presence(StanzaHead(to: jid, from: from), type: .unavailable))
        case .arrival where isAvailable(contact.localpart, user):
            home.send(Presence(StanzaHead(to: jid, from: from), type: .available))
        case .arrival: break
        }
    }
}
