import GatewayKit

/// The profiles of a kind, by the names of their files.
struct ProfileFiles: Sendable {
    /// The files that are YAML.
    var nodes: [String: ConfigNode] = [:]
    /// The files that are not, with the reason.
    var broken: [String: ConfigProblem] = [:]
    /// The names of the operator's own files; the others are built in.
    var own: Set<String> = []

    /// The profiles that can be read; the others are reported.
    func readable(_ problems: ConfigProblems) -> [String: ConfigNode] {
        broken.sorted { $0.key < $1.key }.forEach { problems.add($0.value) }
        return nodes
    }
}
