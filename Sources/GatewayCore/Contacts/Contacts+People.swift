import Basics
import GatewayKit
import XMPP

/// The presence of people on live networks, as the networks have told it.
extension Contacts {
    /// The gateway's knowledge of a contact's presence.
    enum KnownPresence: Equatable {
        case available
        case away(String?)
        case unavailable
        /// The network has not told anything yet.
        case unknown
    }

    /// The contacts of a user on a network, which the network is to watch.
    struct Watch: Sendable {
        let user: UserID
        let network: NetworkID
    }

    /// Handles a change of a person on a live network. Only contacts of the user are shown a presence.
    func personChanged(_ person: PeerAddress, _ event: PeerEvent, _ user: User) {
        switch event {
        case .presence(let availability):
            let localpart = kernel.rules.localpart(of: .peer(person))
            guard has(localpart, user), let state = states[user], let from = kernel.addresses.jid(.peer(person)) else {
                return
            }
            // A repeated state is no news.
            guard state.availability.updateValue(availability, forKey: ExactText(localpart)) != availability,
                blockLists[user]?.blocks(address: .peer(person)) != true
            else { return }
            sendPresence(of: localpart, as: from, to: user.jid, user)
        case .renamed(let new, let name):
            let isContact = has(kernel.rules.localpart(of: .peer(person)), user)
            direct.renamed(person, to: new, displayName: name, isContact: isContact, user)
        case .profile: kernel.count(.stanzasIgnored)
        }
    }

    /// Asks a network to watch the contacts on it. Call it when the network has come up, and when the contacts have
    /// changed.
    func watchContacts(on network: NetworkID, _ user: User) {
        guard accounts.isOnline(user, on: network), let state = states[user] else { return }
        let capabilities = accounts.capabilities(of: .network(network), on: network, user)
        guard let grade = capabilities?[.watch], grade >= .fallback else { return }
        let people = state.localparts.sorted().compactMap { person($0, on: network) }
        guard !people.isEmpty || state.isWatching else { return }
        guard accounts.mayAsk(user) else { return watchLater(network, state, user) }
        state.isWatching = !people.isEmpty
        let account = accounts.account(of: user, on: network)
        accounts.performUnchecked(.watch(people), of: user, as: account, then: .none)
    }

    private func watchLater(_ network: NetworkID, _ state: ContactsOfUser, _ user: User) {
        guard state.watchesLater.insert(network).inserted else { return }
        kernel.startTimer(Self.watchTimer, about: Watch(user: user.id, network: network), after: .seconds(10))
    }

    /// The timer of `watchLater` has ended.
    func watchDue(_ watch: Watch) {
        guard let user = kernel.users[watch.user] else { return }
        states[user]?.watchesLater.remove(watch.network)
        watchContacts(on: watch.network, user)
    }

    private func person(_ localpart: String, on network: NetworkID) -> PeerAddress? {
        guard !localpart.isEmpty, case .peer(let peer)? = try? kernel.rules.address(localpart: localpart),
            peer.network == network, !kernel.isStored(.peer(peer))
        else { return nil }
        return peer
    }

    /// The gateway's knowledge of a contact's presence. The gateway and stored addresses are always available. A
    /// network is available while the user is connected to it, and a person on a live network as the network has told.
    /// A person on a network that cannot watch people (`Ability.watch`) is `unknown`.
    /// An address that the user has blocked is unavailable (XEP-0191 §3.3).
    ///
    /// - Parameter user: nil if the user is not loaded.
    func knownPresence(of localpart: String, _ user: User?) -> KnownPresence {
        if localpart.isEmpty { return .available }
        guard let address = try? kernel.rules.address(localpart: localpart) else {
            return kernel.description.delivery == .stored ? .available : .unavailable
        }
        if let user, let blocked = blockLists[user], blocked.blocks(address: address) { return .unavailable }
        if kernel.isStored(address) { return .available }
        guard let user, accounts.isOnline(user, on: address.network) else { return .unavailable }
        guard case .peer = address else { return .available }
        // Nothing is claimed of a person whom the network does not watch.
        guard canWatch(address.network, user) else { return .unknown }
        switch states[user]?.availability[ExactText(localpart)] {
        case .available: return .available
        case .away(let text): return .away(text)
        case .offline: return .unavailable
        case nil: return .unknown
        }
    }

    private func canWatch(_ network: NetworkID, _ user: User) -> Bool {
        let grade = accounts.capabilities(of: .network(network), on: network, user)?[.watch]
        return grade.map { $0 >= .fallback } ?? false
    }
}
