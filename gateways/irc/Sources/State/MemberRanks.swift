import GatewayKit

/// The prefix modes that one member of a channel has, as bits in the order of `ServerSupport.prefixes`.
struct MemberRanks: Equatable, Sendable {
    private var bits: UInt16 = 0

    /// Sets or removes the rank of a prefix mode. Ignores other modes.
    mutating func set(_ mode: UInt8, _ on: Bool, support: ServerSupport) {
        guard let index = support.prefixes.firstIndex(where: { $0.mode == mode }) else { return }
        if on { bits |= 1 << index } else { bits &= ~(1 << index) }
    }

    /// Whether the member has the rank of a prefix mode.
    func has(_ mode: UInt8, support: ServerSupport) -> Bool {
        guard let index = support.prefixes.firstIndex(where: { $0.mode == mode }) else { return false }
        return bits & 1 << index != 0
    }

    /// Adds the ranks of the signs before a nick. Returns the nick without them.
    mutating func take(_ name: Substring, support: ServerSupport) -> Substring {
        var rest = name.utf8
        while let sign = rest.first, let index = support.prefixes.firstIndex(where: { $0.sign == sign }) {
            bits |= 1 << index
            rest = rest.dropFirst()
        }
        return Substring(rest)
    }

    /// The same ranks after the server has changed its list of ranks. Ranks that it does not have any more are lost.
    func moved(from before: ServerSupport, to after: ServerSupport) -> MemberRanks {
        var moved = MemberRanks()
        for (index, prefix) in before.prefixes.enumerated() where bits & 1 << index != 0 {
            moved.set(prefix.mode, true, support: after)
        }
        return moved
    }

    /// The highest rank, as the core names it.
    func rank(_ support: ServerSupport) -> Rank {
        guard bits != 0, bits.trailingZeroBitCount < support.prefixes.count else { return .none }
        let mode = support.prefixes[bits.trailingZeroBitCount].mode
        if let rank = MemberRanks.known[mode] { return rank }
        let operatorIndex = support.prefixes.firstIndex { $0.mode == UInt8(ascii: "o") } ?? support.prefixes.count
        return bits.trailingZeroBitCount < operatorIndex ? .owner : .assistant
    }

    private static let known: [UInt8: Rank] = [
        UInt8(ascii: "q"): .owner, UInt8(ascii: "a"): .owner, UInt8(ascii: "o"): .operator,
        UInt8(ascii: "h"): .assistant, UInt8(ascii: "v"): .voiced,
    ]
}
