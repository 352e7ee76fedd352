import GatewayKit
import Registry
import XMPP

/// Carries out `SlicedWork`: what one stanza or event sets off and is more than a few stanzas.
extension Switchboard {
    /// Starts a job. Its first slice is written at once if nothing else waits, so that small rooms and short lists of
    /// contacts are shown in the turn in which they were asked for.
    func begin(_ job: SlicedWork.Job, for user: UserID) {
        let isAlone = slicedWork.isEmpty
        slicedWork.add(job, of: user)
        if isAlone, mayWriteSlice { doSlice() }
        planSlice()
    }

    /// Tells a user who has unregistered that none of these contacts is one any more.
    func endSubscriptions(with contacts: [String], of user: UserID) {
        let isAlone = slicedWork.isEmpty
        slicedWork.addRemoval(of: contacts, user: user)
        if isAlone, mayWriteSlice { doSlice() }
        planSlice()
    }

    /// What the stream has refused goes before new slices.
    private var mayWriteSlice: Bool { isLinkOpen && slicedWork.mayWrite && !outbox.isResendPlanned }

    func planSlice() {
        guard mayWriteSlice, !slicedWork.isEmpty, !slicedWork.isPlanned else { return }
        slicedWork.isPlanned = true
        order(.later(.slice))
    }

    func sliceDue() {
        slicedWork.isPlanned = false
        guard mayWriteSlice else { return }
        doSlice()
        planSlice()
    }

    /// Everything that the slices have written up to the last checkpoint has been taken by the home server.
    func slicesConfirmed() {
        if slicedWork.confirmed(slice: settings.limits.slice) { order(.checkpoint(.slices)) }
        planSlice()
    }

    private func doSlice() {
        guard let (user, job, cursor) = slicedWork.next() else { return }
        let before = orderedCount
        var next = cursor
        let isFinished = advance(job, of: user, &next)
        slicedWork.did(job, of: user, cursor: isFinished ? nil : next)
        if slicedWork.wrote(orderedCount - before, slice: settings.limits.slice) { order(.checkpoint(.slices)) }
    }

    /// Does a slice of a job; true if that was the last.
    private func advance(_ job: SlicedWork.Job, of user: UserID, _ cursor: inout SlicedWork.Cursor) -> Bool {
        switch job {
        case .welcome(let address):
            guard let session = sessions[user] else { return true }
            guard let room = session.rooms[address] else {
                // Its backlog may have been why the network has to wait.
                updatePause(of: AccountID(user: user, network: address.network), session: session)
                return true
            }
            return continueWelcome(room, of: session)
        case .check(let address):
            guard let session = sessions[user], let room = session.rooms[address] else { return true }
            return checkMembers(of: room, session: session, from: &cursor.members)
        case .contacts, .arrival, .departure, .peers, .removal:
            var contacts = cursor.contacts ?? contactList(for: job, of: user)
            defer { cursor.contacts = contacts }
            let last = orderedCount + settings.limits.slice
            while orderedCount < last, let localpart = contacts.popFirst() {
                tell(of: ContactRecord(gateway: settings.domain.domain, user: user, localpart: localpart), for: job)
            }
            return contacts.isEmpty
        }
    }

    private func contactList(for job: SlicedWork.Job, of user: UserID) -> ArraySlice<String> {
        if job == .removal { return slicedWork.removed(of: user)[...] }
        return Array(registrations.contacts[user] ?? [])[...]
    }
}
