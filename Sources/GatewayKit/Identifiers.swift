import Basics

/// One user of the gateway, on all its networks. Opaque to adapters. Unique in a deployment.
/// Values compare byte by byte.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// One network that an adapter reaches: one chat network, or one provider account. Unique within a gateway.
package struct NetworkID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// One user linked to one network. Each session belongs to one account. Unique within a gateway.
package struct AccountID: Hashable, Sendable {
    package let user: UserID
    package let network: NetworkID
    /// The hash value, computed once, because the core looks up an account for every message.
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

/// The address of a person on the foreign network. Names compare byte by byte, because a network may have two people
/// whose names are one text to Unicode.
package struct PeerAddress: Hashable, Sendable {
    package let network: NetworkID
    private let exactName: ExactText
    /// The name in the network's canonical form (folded nick, E.164 number), so that two addresses of one person are
    /// equal. The name for people to read travels separately.
    package var name: String { exactName.text }

    package init(network: NetworkID, name: String) {
        self.network = network
        exactName = ExactText(name)
    }
}

/// The address of a room on the foreign network. Names compare as those of `PeerAddress` do.
package struct RoomAddress: Hashable, Sendable {
    package let network: NetworkID
    private let exactName: ExactText
    /// The name in the network's canonical form.
    package var name: String { exactName.text }

    package init(network: NetworkID, name: String) {
        self.network = network
        exactName = ExactText(name)
    }
}

/// An address on the foreign side that a user can write to.
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

/// The foreign network's id of a message. Unique only within one network and direction.
package struct MessageID: Hashable, Sendable {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// The core's id of one request. Every outcome carries it.
package struct RequestID: Hashable, Sendable, CustomStringConvertible {
    private enum Name: Hashable {
        case text(String)
        case number(UInt64)
    }

    private let name: Name

    /// The id of a request that outlives the process. It must be unique in a deployment for ever, because the ledger
    /// and callback URLs contain it. It must be printable ASCII without reserved URL characters, at most 64 bytes.
    package init(_ rawValue: String) { name = .text(rawValue) }

    /// The id of a request to a live address (`Delivery.live`). It must be unique within its gateway until the process
    /// ends.
    package init(number: UInt64) { name = .number(number) }

    package var rawValue: String {
        switch name {
        case .text(let text): text
        case .number(let number): "live-\(number)"
        }
    }

    /// The number that `init(number:)` was given; nil for a request that outlives the process.
    package var number: UInt64? {
        if case .number(let number) = name { number } else { nil }
    }

    package var description: String { rawValue }
}

/// Seconds since 1970-01-01T00:00:00Z. Take the present time from an injected clock, not from the system.
package struct Timestamp: Hashable, Comparable, Sendable, Codable {
    package let secondsSince1970: Double
    package init(secondsSince1970: Double) { self.secondsSince1970 = secondsSince1970 }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.secondsSince1970 < b.secondsSince1970 }

    /// The time that lies this long after this one; before it if the duration is negative.
    package func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(secondsSince1970: secondsSince1970 + Double(seconds) + Double(attoseconds) * 1e-18)
    }
}

// MARK: - Codable

/// An id is encoded as the number or the text that its initialiser was given.
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

    /// Computes the digest again, because hash values differ from process to process.
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
