import GatewayKit
import XML
import XMPP

/// Entity capabilities (XEP-0115) of the gateway, its networks and people.
extension Discovery {
    /// The capabilities of an address, for its presence. Empty if the address has no information.
    func capabilities(of address: JID, _ user: User?) -> [Element] {
        guard case .success(let target) = kernel.target(of: address) else { return [] }
        let user = user ?? nobody
        let key = CapabilitiesKey(target, user, kernel)
        if let latest, latest.key == key { return latest.elements }
        let elements = compute(address, target, user)
        latest = (key, elements)
        return elements
    }

    private func compute(_ address: JID, _ target: Target, _ user: User) -> [Element] {
        let iq = IQ(StanzaHead(to: address, from: user.jid), type: .get, payload: [DiscoInfo().element])
        let query = Query(
            iq: iq, payload: iq.payload[0], user: user, from: user.jid, to: address, target: target)
        guard let info = try? plainInfo(query) else { return [] }
        return [EntityCapabilities(node: SentCapabilities.node, verification: sent.add(info)).element]
    }
}

/// Identifies addresses with the same capabilities: people of one kind on one network, for one user. It is valid only
/// while one input is handled. Many presences are sent for one input, such as those of all contacts.
struct CapabilitiesKey: Equatable {
    private let inputNumber: Int
    private let user: ObjectIdentifier
    private let kind: TargetKinds
    private let network: NetworkID?
    private let peerKind: String?

    init(_ target: Target, _ user: User, _ kernel: Kernel) {
        inputNumber = kernel.inputNumber
        self.user = ObjectIdentifier(user)
        kind = target.kind
        network = target.network
        peerKind = if case .peer(let peer) = target { kernel.rules.kind(of: peer) } else { nil }
    }
}

/// The service discovery information behind the capabilities that the gateway has sent, by verification string.
struct SentCapabilities {
    /// The URI of the software.
    static let node = "urn:x-martlet"
    /// Maximum of entries. A full table is emptied.
    private static let most = 500

    /// The parts of the information by which its verification string is found.
    private struct Key: Hashable {
        let identities: [String]
        let features: [String]
        /// The name and the values of each field of the forms.
        let forms: [[String]]
    }

    private var verifications: [Key: String] = [:]
    private var infos: [String: DiscoInfo] = [:]

    /// Returns the verification string of the information, and remembers both.
    mutating func add(_ info: DiscoInfo) -> String {
        let names = info.identities.map { "\($0.category)/\($0.type)/\($0.name ?? "")" }
        let forms = info.forms.flatMap(\.fields).map { [$0.name ?? ""] + $0.values }
        let key = Key(identities: names, features: info.features, forms: forms)
        if let known = verifications[key] { return known }
        let verification = EntityCapabilities.verification(of: info)
        if infos.count >= Self.most {
            verifications = [:]
            infos = [:]
        }
        verifications[key] = verification
        infos[verification] = info
        return verification
    }

    /// The information of a node such as `urn:x-martlet#…`; nil if it is unknown.
    func info(of node: String) -> DiscoInfo? {
        let start = Self.node + "#"
        guard node.hasPrefix(start), var info = infos[String(node.dropFirst(start.count))] else { return nil }
        info.node = node
        return info
    }
}
