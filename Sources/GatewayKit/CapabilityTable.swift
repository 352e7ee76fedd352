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

/// The capabilities of one session, by scope: what its adapter announces, and what the core knows of it.
package struct CapabilityTable: Sendable, Equatable {
    private var network: Capabilities
    private var peers: Capabilities
    private var rooms: Capabilities
    private var exceptions: [CapabilityScope: Capabilities]

    /// - Parameter kinds: those of `NetworkRules.kind(of:)` whose peers have capabilities of their own.
    package init(
        network: Capabilities = .none, peers: Capabilities = .none, rooms: Capabilities = .none,
        kinds: [String: Capabilities] = [:]
    ) {
        self.network = network
        self.peers = peers
        self.rooms = rooms
        exceptions = Dictionary(uniqueKeysWithValues: kinds.map { (.peersOfKind($0.key), $0.value) })
    }

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

    /// What can be done towards an address; nil stands for the network itself, as in `Request.Action.address`.
    package func capabilities(of address: Address?, _ rules: any NetworkRules) -> Capabilities {
        capabilities(of: address) { rules.kind(of: $0) }
    }

    /// - Parameter kind: as `NetworkRules.kind(of:)`.
    package func capabilities(of address: Address?, kind: (PeerAddress) -> String? = { _ in nil }) -> Capabilities {
        switch address {
        case .network, nil: network
        case .peer(let peer): exception(for: peer, kind) ?? peers
        case .room(let room): exceptions.isEmpty ? rooms : exceptions[.room(room)] ?? rooms
        }
    }

    private func exception(for peer: PeerAddress, _ kind: (PeerAddress) -> String?) -> Capabilities? {
        guard !exceptions.isEmpty, let kind = kind(peer) else { return nil }
        return exceptions[.peersOfKind(kind)]
    }

    /// Emits everything that it holds. An adapter calls it when it opens a session, before it emits anything else.
    package func announce(to events: EventSink) {
        events.emit(.state(.capabilities(.network, network)))
        events.emit(.state(.capabilities(.peers, peers)))
        events.emit(.state(.capabilities(.rooms, rooms)))
        for (scope, capabilities) in exceptions { events.emit(.state(.capabilities(scope, capabilities))) }
    }
}
