/// The addresses for which capabilities hold.
package enum CapabilityScope: Hashable, Sendable, Codable {
    /// The network itself: content for the network's own address, and requests without an address.
    case network
    /// All peers except those of a kind with capabilities of its own (`peersOfKind`).
    case peers
    /// The peers for which `NetworkRules.kind(of:)` returns this name: short codes, senders without a reply address …
    case peersOfKind(String)
    /// All rooms except those with capabilities of their own (`room`).
    case rooms
    case room(RoomAddress)
}

/// The capabilities of one session, by scope. The adapter announces such a table; the core keeps one for each session.
package struct CapabilityTable: Sendable, Equatable {
    private var network: Capabilities
    private var peers: Capabilities
    private var rooms: Capabilities
    private var exceptions: [CapabilityScope: Capabilities]

    /// - Parameter kinds: capabilities of single kinds of peers, by the name that `NetworkRules.kind(of:)` returns.
    package init(
        network: Capabilities = .none, peers: Capabilities = .none, rooms: Capabilities = .none,
        kinds: [String: Capabilities] = [:]
    ) {
        self.network = network
        self.peers = peers
        self.rooms = rooms
        exceptions = Dictionary(uniqueKeysWithValues: kinds.map { (.peersOfKind($0.key), $0.value) })
    }

    /// Stores the capabilities of a scope, as `StateEvent.capabilities` reports them.
    package mutating func set(_ scope: CapabilityScope, _ capabilities: Capabilities) {
        switch scope {
        case .network: network = capabilities
        case .peers: peers = capabilities
        case .rooms: rooms = capabilities
        case .peersOfKind, .room: exceptions[scope] = capabilities
        }
    }

    /// Removes the capabilities of one room; from then on those of `rooms` hold for it. Call it when the account has
    /// left the room.
    package mutating func forget(_ room: RoomAddress) {
        if !exceptions.isEmpty { exceptions[.room(room)] = nil }
    }

    /// The capabilities of an address; nil stands for the network itself, as in `Request.Action.address`.
    package func capabilities(of address: Address?, _ rules: any NetworkRules) -> Capabilities {
        capabilities(of: address) { rules.kind(of: $0) }
    }

    /// The capabilities of an address; nil stands for the network itself.
    ///
    /// - Parameter kind: returns the kind of a peer, as `NetworkRules.kind(of:)` does.
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

    /// Emits the capabilities of every scope in the table. An adapter calls it when it opens a session, before it emits
    /// any other event.
    package func announce(to events: EventSink) {
        events.emit(.state(.capabilities(.network, network)))
        events.emit(.state(.capabilities(.peers, peers)))
        events.emit(.state(.capabilities(.rooms, rooms)))
        for (scope, capabilities) in exceptions { events.emit(.state(.capabilities(scope, capabilities))) }
    }
}
