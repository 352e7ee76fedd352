import GatewayKit
import Registry
import XMPP

/// Keeps the addresses that users have blocked (XEP-0191). Features below and above ask for the list of a user: nearly
/// all users have none, so the question costs next to nothing.
final class BlockLists: Feature {
    private let kernel: Kernel
    private let lists: UserTable<BlockList>
    /// Called with the addresses that a user has blocked or unblocked.
    private var subscribers: [(User, [BlockedAddress]) -> Void] = []

    init(_ kernel: Kernel) {
        self.kernel = kernel
        lists = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.moments.userLoaded.append { [self] in load($0, $1) }
        routes.moments.unregistered.append { [self] in lists[$0] = nil }
    }

    func close() { subscribers = [] }

    /// Calls the subscriber with the addresses that a user has blocked or unblocked.
    func whenChanged(_ subscriber: @escaping (User, [BlockedAddress]) -> Void) { subscribers.append(subscriber) }

    /// The list of a user; nil if the user blocks nobody.
    subscript(user: User) -> BlockList? { lists[user] }

    private func load(_ user: User, _ stored: UserRecord) {
        guard !stored.blocked.isEmpty else { return }
        user.rows += stored.blocked.count
        add(stored.blocked, user)
    }

    private func add(_ addresses: [BlockedAddress], _ user: User) {
        guard !addresses.isEmpty else { return }
        let list = lists[user] ?? BlockList()
        lists[user] = list
        for address in addresses { list.add(address, target(of: address)) }
    }

    /// Takes a change that the registry has stored.
    func change(_ user: User, blocked: [BlockedAddress], unblocked: [BlockedAddress]) {
        add(blocked, user)
        for address in unblocked { lists[user]?.remove(address, target(of: address)) }
        if lists[user]?.addresses.isEmpty == true { lists[user] = nil }
        for subscriber in subscribers { subscriber(user, blocked + unblocked) }
    }

    /// The entity at a blocked address; nil if the configuration does not accept the address any more.
    private func target(of address: BlockedAddress) -> Target? {
        switch try? kernel.rules.address(localpart: address.localpart) {
        case .peer(let peer): .peer(peer)
        case .network(let network): .network(network)
        case .room(let room): .occupant(room, nick: address.nick)
        case nil: nil
        }
    }

    /// The address that a user blocks or unblocks by naming this JID.
    ///
    /// - Throws: the refusal for an address that cannot be blocked here.
    func address(of jid: JID) throws(StanzaError) -> BlockedAddress {
        guard jid.domain == kernel.settings.domain.domain else {
            let words =
                "\(jid) is no address of \(kernel.settings.domain). Your own server blocks and unblocks it."
            throw StanzaError(.itemNotFound, words)
        }
        switch kernel.target(of: jid) {
        case .failure(let error): throw StanzaError(error)
        case .success(.gateway):
            throw StanzaError(
                .notAllowed, "The gateway cannot block itself. Unregister, or block it at your own server.")
        case .success(.room):
            throw StanzaError(.notAllowed, "Leave this room instead of blocking it.")
        case .success(.occupant(let room, let nick)):
            return BlockedAddress(localpart: kernel.rules.localpart(of: .room(room)), nick: nick)
        case .success where jid.resource != nil:
            // A full JID blocks only that resource (XEP-0191 §5), but people and networks have no resources of their
            // own. Blocking the bare JID instead would block more than the user has asked for.
            throw StanzaError(.notAllowed, "Name \(jid.bare), the address without '/\(jid.resource ?? "")'.")
        case .success(let target): return BlockedAddress(localpart: kernel.addresses.localpart(of: target))
        }
    }

    /// The JID of a blocked address; nil if it has none any more.
    func jid(of address: BlockedAddress) -> JID? {
        let jid = kernel.addresses.jid(localpart: address.localpart)
        return address.nick.isEmpty ? jid : jid.flatMap { try? $0.with(resource: address.nick) }
    }
}

extension StanzaError {
    /// The refusal of a stanza to an address that its sender has blocked (XEP-0191 §3.3).
    static let blocked: StanzaError = {
        var error = StanzaError(
            .notAcceptable, as: .final, "You have blocked this address. Unblock it, then send this again.")
        error.specific = BlockingRequest.blocked
        return error
    }()
}
