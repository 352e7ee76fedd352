/// The addresses for which capabilities hold.
package enum CapabilityScope: Hashable, Sendable, Codable {
    /// The network itself: what is written to its own address, and requests without an address.
    case network
    /// All peers, but those of a kind of their own.
    case peers
    /// The peers for which `NetworkRules.kind(of:)` gives this name: short codes, senders that cannot be answered …
    case peersOfKind(String)
    /// All rooms, but those with capabilities of their own.
    case rooms
    case room(RoomAddress)
}

/// The newest capabilities of a session, by scope, as its events have told them.
package struct CapabilityTable: Sendable, Equatable {
    private var network = Capabilities.none
    private var peers = Capabilities.none
    private var rooms = Capabilities.none
    private var exceptions: [CapabilityScope: Capabilities] = [:]

    package init() {}

    /// Takes in `StateEvent.capabilities`.
    package mutating func set(_ scope: CapabilityScope, _ capabilities: Capabilities) {
        switch scope {
        case .network: network = capabilities
        case .peers: peers = capabilities
        case .rooms: rooms = capabilities
        case .peersOfKind, .room: exceptions[scope] = capabilities
        }
    }

    /// We are out of a room: the capabilities of all rooms hold for it again.
    package mutating func forget(_ room: RoomAddress) {
        if !exceptions.isEmpty { exceptions[.room(room)] = nil }
    }

    /// What can be done towards an address.
    package func capabilities(of address: Address, _ rules: any NetworkRules) -> Capabilities {
        switch address {
        case .network: network
        case .peer(let peer): exception(for: peer, rules) ?? peers
        case .room(let room): exceptions.isEmpty ? rooms : exceptions[.room(room)] ?? rooms
        }
    }

    private func exception(for peer: PeerAddress, _ rules: any NetworkRules) -> Capabilities? {
        guard !exceptions.isEmpty, let kind = rules.kind(of: peer) else { return nil }
        return exceptions[.peersOfKind(kind)]
    }
}
