import Basics

/// One person on the home side, across all networks of a gateway. Opaque to adapters.
/// Unique in a deployment; compares byte by byte.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// One place an adapter reaches: one chat network, one provider account. Unique within a gateway.
package struct NetworkID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// One user linked to one network: what a session belongs to. Unique within a gateway.
package struct AccountID: Hashable, Sendable {
    package let user: UserID
    package let network: NetworkID
    /// Made once, because accounts are looked up with every message.
    private let digest: Int

    package init(user: UserID, network: NetworkID) {
        self.user = user
        self.network = network
        var hasher = Hasher()
        hasher.combine(user)
        hasher.combine(network)
        digest = hasher.finalize()
    }

    package static func == (a: AccountID, b: AccountID) -> Bool {
        a.digest == b.digest && a.user == b.user && a.network == b.network
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

/// A person on the foreign network. `name` is in the network's canonical form (folded nick, E.164 number),
/// so that two addresses of one person are equal; what is shown to people travels separately. Names compare byte by
/// byte: where Unicode sees one text, a network may have two people.
package struct PeerAddress: Hashable, Sendable {
    package let network: NetworkID
    private let exactName: ExactText
    package var name: String { exactName.text }

    package init(network: NetworkID, name: String) {
        self.network = network
        exactName = ExactText(name)
    }
}

/// A group on the foreign network; `name` is canonical as in `PeerAddress`.
package struct RoomAddress: Hashable, Sendable {
    package let network: NetworkID
    private let exactName: ExactText
    package var name: String { exactName.text }

    package init(network: NetworkID, name: String) {
        self.network = network
        exactName = ExactText(name)
    }
}

/// Anything on the foreign side that can be written to.
package enum Address: Hashable, Sendable, Codable {
    case network(NetworkID)
    case peer(PeerAddress)
    case room(RoomAddress)

    package var network: NetworkID {
        switch self {
        case .network(let network): network
        case .peer(let peer): peer.network
        case .room(let room): room.network
        }
    }
}

/// A message's name on the foreign network. Unique within one network and direction only.
package struct MessageID: Hashable, Sendable {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// The core's name for one request. Every outcome carries it.
package struct RequestID: Hashable, Sendable, CustomStringConvertible {
    private enum Name: Hashable {
        case text(String)
        case number(UInt64)
    }

    private let name: Name

    /// A request that outlives the process. Unique in a deployment for ever (it is written into callback addresses and
    /// the ledger), printable ASCII without reserved URL characters, at most 64 bytes.
    package init(_ rawValue: String) { name = .text(rawValue) }

    /// A request of a live network, which nobody remembers when the process ends. Unique within its gateway until then.
    package init(number: UInt64) { name = .number(number) }

    package var rawValue: String {
        switch name {
        case .text(let text): text
        case .number(let number): "live-\(number)"
        }
    }

    /// Of a live network's request, what it was made with.
    package var number: UInt64? {
        if case .number(let number) = name { number } else { nil }
    }

    package var description: String { rawValue }
}

/// Seconds since 1970-01-01T00:00:00Z. Comes from an injected clock, never from the system directly.
package struct Timestamp: Hashable, Comparable, Sendable, Codable {
    package let secondsSince1970: Double
    package init(secondsSince1970: Double) { self.secondsSince1970 = secondsSince1970 }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.secondsSince1970 < b.secondsSince1970 }

    package func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(secondsSince1970: secondsSince1970 + Double(seconds) + Double(attoseconds) * 1e-18)
    }
}

// MARK: - Codable

/// A number or a text, as the request was made with.
extension RequestID: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(UInt64.self) {
            self.init(number: number)
        } else {
            self.init(try value.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        if let number { try value.encode(number) } else { try value.encode(rawValue) }
    }
}

extension AccountID: Codable {
    private enum Keys: String, CodingKey { case user, network }

    /// The digest is made anew: it differs from process to process.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        self.init(
            user: try values.decode(UserID.self, forKey: .user),
            network: try values.decode(NetworkID.self, forKey: .network))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(user, forKey: .user)
        try values.encode(network, forKey: .network)
    }
}
