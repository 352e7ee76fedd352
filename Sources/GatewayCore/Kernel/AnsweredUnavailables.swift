import GatewayKit
import XMPP

/// The clients whose unavailable presence has been answered with unavailable presence (XEP-0100 §4.5) within the last
/// minute. Two gateways that are each other's users would otherwise answer each other for ever.
struct AnsweredUnavailables {
    private struct Key: Hashable {
        let client: JID
        let address: JID
    }

    private static let window: Duration = .seconds(60)
    /// At the maximum, expired entries are removed; if none has expired, all are.
    private static let most = 1_000

    private var ends: [Key: Timestamp] = [:]

    /// Whether to answer the unavailable presence of a client to an address. After true, the answer is false for a
    /// minute.
    mutating func mustAnswer(_ client: JID, at address: JID, now: Timestamp) -> Bool {
        let key = Key(client: client, address: address.bare)
        if let end = ends[key], now < end { return false }
        if ends.count >= Self.most { ends = ends.filter { now < $0.value } }
        if ends.count >= Self.most { ends = [:] }
        ends[key] = now.advanced(by: Self.window)
        return true
    }

    /// Call it when the client sends other presence to the address: its next unavailable presence is then answered.
    mutating func forget(_ client: JID, at address: JID) {
        guard !ends.isEmpty else { return }
        ends[Key(client: client, address: address.bare)] = nil
    }
}
