import GatewayKit

/// Reads each profile once, when an account needs it.
struct ProfileLoader {
    let nodes: [String: ConfigNode]
    /// Files that are not YAML, with the reason.
    let broken: [String: ConfigProblem]
    /// The names of built-in profiles that were not read because no account uses them.
    let known: [String]
    let problems: ConfigProblems
    let secrets: SecretSources
    private var loaded: [String: ProviderProfile?] = [:]

    init(
        nodes: [String: ConfigNode], broken: [String: ConfigProblem], known: [String],
        problems: ConfigProblems, secrets: SecretSources
    ) {
        self.nodes = nodes
        self.broken = broken
        self.known = known
        self.problems = problems
        self.secrets = secrets
    }

    /// The names of all profiles.
    var names: [String] { Set(nodes.keys).union(known).sorted() }

    /// Whether there is a file of that name, readable or not.
    func has(_ name: String) -> Bool { nodes[name] != nil || broken[name] != nil }

    /// The profile of that name, which passes its own tests. Nil if it has a fault, which is then reported.
    mutating func profile(_ name: String) -> ProviderProfile? {
        if let known = loaded[name] { return known }
        let profile = read(name, problems)
        loaded[name] = .some(profile)
        return profile
    }

    /// Reports the faults of the operator's profiles that no account uses as warnings.
    func warnOfUnused(_ own: Set<String>) {
        for name in own.union(broken.keys).sorted() where loaded[name] == nil {
            let found = ConfigProblems()
            _ = read(name, found)
            for problem in found.all {
                let text = problem.text + " (no account uses this profile)"
                problems.add(ConfigProblem(.warning, at: problem.place, key: problem.key, text))
            }
        }
    }

    private func read(_ name: String, _ problems: ConfigProblems) -> ProviderProfile? {
        if let problem = broken[name] {
            problems.add(problem)
            return nil
        }
        guard let node = nodes[name],
            let profile = ProviderProfile(reading: node, problems: problems, secrets: secrets)
        else { return nil }
        if profile.id != name {
            let text = "the id is '\(profile.id)', but the file's name is '\(name)'; both must be the same"
            problems.add(ConfigProblem(at: node.place, key: "id", text))
        }
        profile.runVectors(problems: problems)
        return profile
    }
}
