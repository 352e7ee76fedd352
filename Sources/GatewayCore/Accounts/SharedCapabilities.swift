import GatewayKit

/// The capabilities that sessions have announced lately. Most sessions of an adapter announce the same, and share one
/// table in memory.
final class SharedCapabilities {
    private static let most = 16

    private var recent: [CapabilityTable] = []

    /// Returns an equal table that another session holds already, so that both share its memory; otherwise the table itself.
    func shared(_ table: CapabilityTable) -> CapabilityTable {
        if let known = recent.firstIndex(of: table) { return recent[known] }
        if recent.count >= Self.most { recent.removeFirst() }
        recent.append(table)
        return table
    }
}
