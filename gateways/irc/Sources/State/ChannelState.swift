import GatewayKit

/// The modes that a channel has, without its lists and the ranks of its members.
struct ChannelState: Equatable, Sendable {
    /// The modes that are set, as bits for A–Z and a–z.
    private var bits: UInt64 = 0
    /// The parameters of the modes that are set.
    private var parameters: [UInt8: String] = [:]

    func isSet(_ mode: UInt8) -> Bool { Self.bit(mode).map { bits & $0 != 0 } ?? false }

    func parameter(_ mode: UInt8) -> String? { parameters[mode] }

    /// Applies one change, unless it belongs to a list or a rank.
    mutating func apply(_ change: ModeChange, _ support: ServerSupport) {
        guard let bit = Self.bit(change.mode), !support.modes.lists.contains(change.mode),
            !support.prefixes.contains(where: { $0.mode == change.mode })
        else { return }
        bits = change.adding ? bits | bit : bits & ~bit
        parameters[change.mode] = change.adding ? change.parameter : nil
    }

    private static func bit(_ mode: UInt8) -> UInt64? {
        switch mode {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): 1 << UInt64(mode - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): 1 << UInt64(mode - UInt8(ascii: "a") + 26)
        default: nil
        }
    }

    /// The properties, in the words of the core.
    func properties(_ support: ServerSupport) -> RoomProperties {
        var properties: RoomProperties = []
        for (mode, property) in Self.properties where isSet(mode) { properties.insert(property) }
        // Some networks use this letter for something else. Only as a plain flag does it mean "permanent".
        if isSet(UInt8(ascii: "P")), support.modes.flags.contains(UInt8(ascii: "P")) { properties.insert(.persistent) }
        return properties
    }

    private static let properties: [(UInt8, RoomProperties)] = [
        (UInt8(ascii: "m"), .moderated), (UInt8(ascii: "i"), .membersOnly), (UInt8(ascii: "k"), .passwordProtected),
        (UInt8(ascii: "s"), .hidden), (UInt8(ascii: "p"), .hidden), (UInt8(ascii: "t"), .topicLocked),
    ]
}
