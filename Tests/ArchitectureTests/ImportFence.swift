/// Compares the imports of a module with those that it may have, and with its declaration.
struct ImportFence {
    let modules: [Module]
    let targets: [Manifest.Target]

    /// The imports of a module that are not allowed or not declared.
    func findings(for module: Module, in files: [SourceFile]) -> [Finding] {
        let declared = targets.first { $0.name == module.name }?.dependencies ?? []
        return files.filter { $0.path.hasPrefix(module.folder + "/") }.flatMap { file in
            Self.imports(of: file).compactMap { line, imported in
                problem(with: imported, in: module, declared: declared).map {
                    Finding(path: file.path, line: line, what: $0)
                }
            }
        }
    }

    private func problem(with imported: String, in module: Module, declared: Set<String>) -> String? {
        if Module.systemModules.contains(imported) {
            return module.system ? nil : "\(imported): \(module.name) is a pure module"
        }
        // The fuzz targets are a program at one time, and tests at another.
        if imported == "Testing", module.folder.hasPrefix("Tests/") { return nil }
        guard module.ours.union(module.foreign).contains(imported) else {
            return "\(module.name) may not import \(imported)"
        }
        return declared.contains(imported)
            ? nil : "imports \(imported), which Package.swift does not declare for \(module.name)"
    }

    /// Dependencies that `Package.swift` declares beyond the table, and modules that only one of the two knows.
    func declarationProblems() -> [String] {
        let known = Dictionary(modules.map { ($0.name, $0) }) { first, _ in first }
        let beyond = targets.flatMap { target -> [String] in
            guard let module = known[target.name] else { return ["\(target.name) is not in the table of modules"] }
            let wrongFolder =
                target.folder == module.folder ? [] : ["\(target.name) is in \(target.folder), not in \(module.folder)"]
            return wrongFolder
                + target.dependencies.subtracting(module.ours).subtracting(module.foreign).sorted().map {
                    "\(target.name) declares \($0), which it may not use"
                }
        }
        let missing = modules.filter { module in !targets.contains { $0.name == module.name } }
        return beyond + missing.map { "\($0.name) is not a target of Package.swift" }
    }

    /// Source files that belong to no module.
    func strays(in files: [SourceFile]) -> [String] {
        files.map(\.path).filter { path in !modules.contains { path.hasPrefix($0.folder + "/") } }
    }

    static func imports(of file: SourceFile) -> [(line: Int, module: String)] {
        file.codeLines.enumerated().compactMap { index, line in
            guard line.contains("import") else { return nil }
            let pattern =
                /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:private|fileprivate|internal|package|public)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?(\w+)/
            return line.firstMatch(of: pattern).map { (index + 1, String($0.output.1)) }
        }
    }
}
