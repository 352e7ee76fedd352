import Basics
import GatewayKit
import XMPP

/// Translates between JIDs of the gateway and addresses of its networks, one to one (XEP-0106 for characters that a
/// localpart cannot hold, `ForeignName` for those that preparation changes), and remembers recent answers: reading an
/// address costs more than the rest of a message's way.
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
        let address = try read(escaped: local)
        if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
        known[local] = address
        return address
    }

    /// An escape counts only in the canonical address; elsewhere it is part of the name.
    private func read(escaped local: String) throws(AddressError) -> Address {
        let plain = JID.unescape(local)
        if let address = decoded(plain), faithfulJID(address)?.local == local { return address }
        return try rules.address(localpart: plain)
    }

    /// The address that a localpart with escapes of `ForeignName` would stand for; nil if it has none, or is no address.
    private func decoded(_ localpart: String) -> Address? {
        let name = ForeignName.name(ofLocalpart: localpart)
        guard !name.hasSameBytes(as: localpart) else { return nil }
        return try? rules.address(localpart: name)
    }

    /// The canonical JID of an address, which leads back to this address alone; nil for one that is too long for a JID.
    mutating func jid(_ address: Address) -> JID? {
        if let jid = jids[address] { return jid }
        guard let jid = faithfulJID(address) else { return nil }
        if jids.count >= Self.capacity { jids.removeAll(keepingCapacity: true) }
        jids[address] = jid
        return jid
    }

    /// The plain form, unless preparation would make it another address or none.
    private func faithfulJID(_ address: Address) -> JID? {
        let localpart = rules.localpart(of: address)
        if ForeignName.isIdentifier(localpart), let jid = plainJID(localpart), isFaithful(jid, to: address) {
            return jid
        }
        guard let escaped = ForeignName.localpart(for: localpart), let jid = plainJID(escaped) else { return nil }
        return isFaithful(jid, to: address) ? jid : nil
    }

    private func isFaithful(_ jid: JID, to address: Address) -> Bool {
        guard let local = jid.local else { return rules.localpart(of: address).isEmpty }
        let plain = JID.unescape(local)
        return (decoded(plain) ?? (try? rules.address(localpart: plain))) == address
    }

    private func plainJID(_ localpart: String) -> JID? {
        if localpart.isEmpty { return domain }
        return try? JID(local: JID.escape(localpart), domain: domain.domain, resource: nil)
    }

    /// The JID of a raw localpart; the gateway itself for an empty one. A localpart that is no address any more, because
    /// the configuration has changed, keeps its plain form.
    mutating func jid(localpart: String) -> JID? {
        guard !localpart.isEmpty, let address = try? rules.address(localpart: localpart) else {
            return plainJID(localpart)
        }
        return jid(address)
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
