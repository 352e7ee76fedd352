import Basics
import GatewayKit
import XMPP

/// Translates between JIDs of the gateway and addresses of its networks. Each address has one canonical JID.
///
/// XEP-0106 escapes the characters that a localpart cannot hold. `ForeignName` escapes the characters that the
/// preparation of JIDs (RFC 6122) would change.
///
/// The book caches both directions, because parsing an address costs more than all other work on a message.
struct AddressBook {
    let domain: JID
    let rules: any NetworkRules
    /// The addresses of the JIDs that were read last, each in the slot of its hash. Most messages go to one of them,
    /// and a look-up here takes a tenth of the time of a look-up in `known`. A new JID replaces the JID in its slot.
    private var recent: [(jid: JID, address: Address)?] = []
    private var known: [String: Address] = [:]
    private var jids: [Address: JID] = [:]
    /// The maximum of entries in `known` and in `jids`. A full cache is emptied.
    private static let capacity = 10_000
    /// The number of slots of `recent`, a power of two.
    private static let slots = 512

    init(domain: JID, rules: any NetworkRules) {
        self.domain = domain
        self.rules = rules
    }

    /// The target that a JID of the gateway stands for. In a room's JID the resource is a nick; any other resource is
    /// ignored. Throws if the localpart is no address of the network.
    mutating func target(of jid: JID) throws(AddressError) -> Target {
        guard let local = jid.local else { return .gateway }
        switch try address(of: jid, local) {
        case .network(let network): return .network(network)
        case .peer(let peer): return .peer(peer)
        case .room(let room):
            guard let nick = jid.resource else { return .room(room) }
            return .occupant(room, nick: nick)
        }
    }

    private mutating func address(of jid: JID, _ local: String) throws(AddressError) -> Address {
        if recent.isEmpty { recent = Array(repeating: nil, count: Self.slots) }
        let slot = jid.bareHash & (Self.slots - 1)
        if let entry = recent[slot], entry.jid.hasSameBare(as: jid) { return entry.address }
        let address = try address(escaped: local)
        recent[slot] = (jid.bare, address)
        return address
    }

    private mutating func address(escaped local: String) throws(AddressError) -> Address {
        if let address = known[local] { return address }
        let address = try read(escaped: local)
        if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
        known[local] = address
        return address
    }

    /// Parses a localpart. `ForeignName` escapes are decoded only if the localpart is the canonical one of the decoded
    /// address. Otherwise a text that looks like an escape is part of the name.
    private func read(escaped local: String) throws(AddressError) -> Address {
        let plain = JID.unescape(local)
        if let address = decoded(plain), faithfulJID(address)?.local == local { return address }
        return try rules.address(localpart: plain)
    }

    /// The address of a localpart after `ForeignName` decoding; nil if the localpart has no escape, or if the decoded
    /// text is no address.
    private func decoded(_ localpart: String) -> Address? {
        let name = ForeignName.name(ofLocalpart: localpart)
        guard !name.hasSameBytes(as: localpart) else { return nil }
        return try? rules.address(localpart: name)
    }

    /// The canonical JID of an address: `target(of:)` leads from it back to this address. Nil if no JID can stand for
    /// the address, for example because the address is too long.
    mutating func jid(_ address: Address) -> JID? {
        if let jid = jids[address] { return jid }
        guard let jid = faithfulJID(address) else { return nil }
        if jids.count >= Self.capacity { jids.removeAll(keepingCapacity: true) }
        jids[address] = jid
        return jid
    }

    /// The canonical JID of an address that is needed once, such as one of thousands in a list. The caches do not keep
    /// it.
    func passingJID(_ address: Address) -> JID? { jids[address] ?? faithfulJID(address) }

    /// The JID with the plain localpart, if preparation keeps the address intact, or else the JID with `ForeignName`
    /// escapes.
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

    /// The JID of a raw (unescaped) localpart, as the registry stores it. An empty localpart gives the gateway's own
    /// JID. The current configuration may not accept a stored localpart as an address: then the JID has the plain
    /// localpart. Nil if the JID would not be valid.
    mutating func jid(localpart: String) -> JID? {
        guard !localpart.isEmpty, let address = try? rules.address(localpart: localpart) else {
            return plainJID(localpart)
        }
        return jid(address)
    }

    /// The raw (unescaped) localpart of a target, as the registry stores it. It is empty for the gateway. An occupant
    /// has the localpart of its room.
    func localpart(of target: Target) -> String {
        switch target {
        case .gateway: ""
        case .network(let network): rules.localpart(of: .network(network))
        case .peer(let peer): rules.localpart(of: .peer(peer))
        case .room(let room), .occupant(let room, _): rules.localpart(of: .room(room))
        }
    }
}
