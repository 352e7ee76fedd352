/// Finds top-level types of one name in two modules: a reader who sees the name must not have to guess which type is
/// meant. Types that a file keeps for itself (`private`) and nested types do not count.
struct SharedNames {
    let modules: [Module]
    /// Names that two modules may declare, with the reason.
    let exceptions: [String: String]

    /// One line for each name that several modules declare, and for each exception that is not needed any more.
    func problems(in files: [SourceFile]) -> [String] {
        let shared = declarations(in: files).filter { $0.value.count > 1 }
        let unexplained = shared.filter { exceptions[$0.key] == nil }.map { name, places in
            "\(name) is declared in \(places.keys.sorted().joined(separator: " and ")): "
                + places.values.sorted().joined(separator: ", ")
        }
        let stale = exceptions.keys.filter { shared[$0] == nil }.map { "\($0) needs no exception any more" }
        return unexplained.sorted() + stale.sorted()
    }

    /// For each name the modules that declare a type of that name, with the file.
    private func declarations(in files: [SourceFile]) -> [String: [String: String]] {
        var places: [String: [String: String]] = [:]
        for file in files {
            guard let module = modules.first(where: { file.path.hasPrefix($0.folder + "/") }) else { continue }
            for name in Self.topLevelTypes(in: file) { places[name, default: [:]][module.name] = file.path }
        }
        return places
    }

    /// The code is formatted, so that what begins at the left margin is at the top level.
    static func topLevelTypes(in file: SourceFile) -> [String] {
        let declaration =
            /^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:package|internal|final|indirect|nonisolated)\s+)*(?:struct|class|enum|actor|protocol|typealias)\s+`?(\w+)/
        return file.codeLines.compactMap { $0.firstMatch(of: declaration).map { String($0.output.1) } }
    }
}
