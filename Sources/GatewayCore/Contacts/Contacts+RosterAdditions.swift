import GatewayKit
import Registry
import XMPP

/// Contacts that the gateway itself has put into the user's roster.
extension Contacts {
    /// A contact that the registry is storing.
    struct RosterAddition: Note {
        let user: UserID
        let localpart: String
    }

    /// Makes an address a contact whose subscription the user's server already has in both directions. Its presence is
    /// sent, and the user's presence is asked for.
    ///
    /// - Returns: whether the registry is storing the contact. Then the subscribers of `whenAddedFromRoster` are called
    ///   when it has answered.
    func addFromRoster(_ jid: JID, _ user: User) -> Bool {
        guard case .success(let target) = kernel.target(of: jid) else { return false }
        let localpart = kernel.addresses.localpart(of: target)
        guard !has(localpart, user), kernel.hasRows(1, user),
            state(of: user).countWithPending < kernel.settings.limits.contactsPerUser
        else { return false }
        set(SubscriptionState(outbound: .subscribed, inbound: .subscribed), of: localpart, user)
        let note = NoteSlip(Self.id, RosterAddition(user: user.id, localpart: localpart))
        kernel.commit(.saveContact(record(localpart, user)), of: user, .note(note))
        return true
    }

    /// The registry has stored a contact, or could not.
    func addedFromRoster(_ note: RosterAddition, _ isStored: Bool) {
        guard let user = kernel.users[note.user] else { return }
        if let jid = kernel.addresses.jid(localpart: note.localpart) {
            for subscriber in rosterSubscribers { subscriber(user, jid, isStored) }
        }
        guard has(note.localpart, user) else { return }
        guard isStored else {
            set(SubscriptionState(), of: note.localpart, user)
            return
        }
        guard let from = kernel.addresses.jid(localpart: note.localpart) else { return }
        show(note.localpart, as: from, to: user)
        if note.localpart.isEmpty {
            home.send(Presence(StanzaHead(to: user.jid, from: kernel.settings.domain), type: .probe))
        }
        if let network = network(of: note.localpart) { watchContacts(on: network, user) }
    }
}
