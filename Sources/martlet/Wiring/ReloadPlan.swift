import Settings

/// The differences between the configuration that the program runs with and a new one, sorted by how they come into
/// effect.
struct ReloadPlan: Equatable {
    /// How a change comes into effect.
    enum Effect: Equatable {
        /// At once, without touching any connection.
        case live
        /// When the gateway of this domain has been restarted.
        case gateway(String)
        /// When the program has been restarted.
        case program
    }

    /// The keys that take effect at once, with the kind of their change.
    private(set) var live: [String] = []
    /// The keys that need a restart of a gateway, by its domain.
    private(set) var gateways: [String: [String]] = [:]
    /// The keys that need a restart of the program.
    private(set) var program: [String] = []

    init(from old: ConfigOutline, to new: ConfigOutline) {
        for change in old.changes(to: new) {
            let words = "\(change.path.joined(separator: ".")) (\(change.kind.rawValue))"
            switch Self.effect(of: change.path) {
            case .live: live.append(words)
            case .gateway(let domain): gateways[domain, default: []].append(words)
            case .program: program.append(words)
            }
        }
    }

    var isEmpty: Bool { live.isEmpty && gateways.isEmpty && program.isEmpty }

    /// How a change of a key comes into effect. A key that this does not know needs a restart of the program, so that no change is promised that
    /// does not come.
    static func effect(of path: ConfigOutline.Path) -> Effect {
        switch path.first {
        case "access": return .live
        case "log" where path.count > 1 && path[1] != "format": return .live
        case "gateways" where path.count > 2:
            return path[2] == "access" ? .live : .gateway(path[1])
        default: return .program
        }
    }

    /// The differences in words for an operator.
    var lines: [String] {
        guard !isEmpty else { return ["The configuration is as before."] }
        var lines: [String] = []
        if !live.isEmpty { lines.append("In effect now: \(Self.list(live)).") }
        for (domain, keys) in gateways.sorted(by: { $0.key < $1.key }) {
            lines.append("Needs a restart of \(domain): \(Self.list(keys)).")
        }
        if !program.isEmpty { lines.append("Needs a restart of Martlet: \(Self.list(program)).") }
        return lines
    }

    /// Maximum of keys that a line names.
    private static let mostKeys = 20

    private static func list(_ keys: [String]) -> String {
        let rest = keys.count - mostKeys
        return (keys.prefix(mostKeys) + (rest > 0 ? ["and \(rest) more"] : [])).joined(separator: ", ")
    }
}
