import GatewayKit
import XMPP

/// Translates between JIDs of the gateway and addresses of its networks (XEP-0106 for what a localpart cannot
/// hold), and remembers recent answers: reading an address costs more than the rest of a message's way.
struct AddressBook {
    let domain: JID
    let rules: any NetworkRules
    private var known: [String: Address] = [:]
    private var jids: [Address: JID] = [:]
    private static let capacity = 10_000

    init(domain: JID, rules: any NetworkRules) {
        self.domain = domain
        self.rules = rules
    }

    /// What a JID of ours stands for. The resource of anything but a room is without meaning.
    mutating func target(of jid: JID) throws(AddressError) -> Target {
        guard let local = jid.local else { return .gateway }
        switch try address(escaped: local) {
        case .network(let network): return .network(network)
        case .peer(let peer): return .peer(peer)
        case .room(let room):
            guard let nick = jid.resource else { return .room(room) }
            return .occupant(room, nick: nick)
        }
    }

    private mutating func address(escaped local: String) throws(AddressError) -> Address {
        if let address = known[local] { return address }
        let address = try rules.address(localpart: JID.unescape(local))
        if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
        known[local] = address
        return address
    }

    /// The canonical JID of an address; nil for one that no JID can express (over-long, forbidden by nodeprep).
    mutating func jid(_ address: Address) -> JID? {
        if let jid = jids[address] { return jid }
        guard let jid = jid(localpart: rules.localpart(of: address)) else { return nil }
        if jids.count >= Self.capacity { jids.removeAll(keepingCapacity: true) }
        jids[address] = jid
        return jid
    }

    /// The JID of a raw localpart; the gateway itself for an empty one.
    func jid(localpart: String) -> JID? {
        if localpart.isEmpty { return domain }
        return try? JID(local: JID.escape(localpart), domain: domain.domain, resource: nil)
    }

    func localpart(of target: Target) -> String {
        switch target {
        case .gateway: ""
        case .network(let network): rules.localpart(of: .network(network))
        case .peer(let peer): rules.localpart(of: .peer(peer))
        case .room(let room), .occupant(let room, _): rules.localpart(of: .room(room))
        }
    }
}
