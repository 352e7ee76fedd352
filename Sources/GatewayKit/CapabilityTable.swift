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
    /// The capabilities, in one object that copies of a table share: a table is read for every request, and changes
    /// rarely.
    private final class Shared: Sendable {
        let network: Capabilities
        let peers: Capabilities
        let rooms: Capabilities
        let exceptions: [CapabilityScope: Capabilities]

        init(
            _ network: Capabilities, _ peers: Capabilities, _ rooms: Capabilities,
            _ exceptions: [CapabilityScope: Capabilities]
        ) {
            self.network = network
            self.peers = peers
            self.rooms = rooms
            self.exceptions = exceptions
        }
    }

    private var shared: Shared

    /// - Parameter kinds: capabilities of single kinds of peers, by the name that `NetworkRules.kind(of:)` returns.
    package init(
        network: Capabilities = .none, peers: Capabilities = .none, rooms: Capabilities = .none,
        kinds: [String: Capabilities] = [:]
    ) {
        let exceptions = Dictionary(uniqueKeysWithValues: kinds.map { (CapabilityScope.peersOfKind($0.key), $0.value) })
        shared = Shared(network, peers, rooms, exceptions)
    }

    package static func == (one: CapabilityTable, other: CapabilityTable) -> Bool {
        let (a, b) = (one.shared, other.shared)
        return a === b
            || a.network == b.network && a.peers == b.peers && a.rooms == b.rooms && a.exceptions == b.exceptions
    }

    /// Stores the capabilities of a scope, as `StateEvent.capabilities` reports them.
    package mutating func set(_ scope: CapabilityScope, _ capabilities: Capabilities) {
        let old = shared
        switch scope {
        case .network: shared = Shared(capabilities, old.peers, old.rooms, old.exceptions)
        case .peers: shared = Shared(old.network, capabilities, old.rooms, old.exceptions)
        case .rooms: shared = Shared(old.network, old.peers, capabilities, old.exceptions)
        case .peersOfKind, .room: setException(scope, capabilities)
        }
    }

    private mutating func setException(_ scope: CapabilityScope, _ capabilities: Capabilities?) {
        var exceptions = shared.exceptions
        exceptions[scope] = capabilities
        shared = Shared(shared.network, shared.peers, shared.rooms, exceptions)
    }

    /// Removes the capabilities of one room; from then on those of `rooms` hold for it. Call it when the account has
    /// left the room.
    package mutating func forget(_ room: RoomAddress) {
        if shared.exceptions[.room(room)] != nil { setException(.room(room), nil) }
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
        case .network, nil: shared.network
        case .peer(let peer): exception(for: peer, kind) ?? shared.peers
        case .room(let room): shared.exceptions.isEmpty ? shared.rooms : shared.exceptions[.room(room)] ?? shared.rooms
        }
    }

    private func exception(for peer: PeerAddress, _ kind: (PeerAddress) -> String?) -> Capabilities? {
        guard !shared.exceptions.isEmpty, let kind = kind(peer) else { return nil }
        return shared.exceptions[.peersOfKind(kind)]
    }

    /// Emits the capabilities of every scope in the table. An adapter calls it when it opens a session, before it emits
    /// any other event.
    package func announce(to events: EventSink) {
        events.emit(.state(.capabilities(.network, shared.network)))
        events.emit(.state(.capabilities(.peers, shared.peers)))
        events.emit(.state(.capabilities(.rooms, shared.rooms)))
        for (scope, capabilities) in shared.exceptions { events.emit(.state(.capabilities(scope, capabilities))) }
    }
}
