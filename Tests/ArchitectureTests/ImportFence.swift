/// Compares what a room imports with what it may, and with what it declares.
struct ImportFence {
    let rooms: [Room]
    let targets: [Manifest.Target]

    /// What a room imports without leave or without declaring it.
    func findings(for room: Room, in files: [SourceFile]) -> [Finding] {
        let declared = targets.first { $0.name == room.name }?.dependencies ?? []
        return files.filter { $0.path.hasPrefix(room.folder + "/") }.flatMap { file in
            Self.imports(of: file).compactMap { line, module in
                problem(with: module, in: room, declared: declared).map {
                    Finding(path: file.path, line: line, what: $0)
                }
            }
        }
    }

    private func problem(with module: String, in room: Room, declared: Set<String>) -> String? {
        if Room.systemModules.contains(module) { return room.system ? nil : "\(module): \(room.name) is a pure room" }
        // The fuzz targets are a program, and tests at other times.
        if module == "Testing", room.folder.hasPrefix("Tests/") { return nil }
        guard room.ours.union(room.foreign).contains(module) else { return "\(room.name) may not import \(module)" }
        return declared.contains(module)
            ? nil : "imports \(module), which Package.swift does not declare for \(room.name)"
    }

    /// What `Package.swift` declares beyond the table, and rooms that only one of the two knows.
    func declarationProblems() -> [String] {
        let known = Dictionary(rooms.map { ($0.name, $0) }) { first, _ in first }
        let beyond = targets.flatMap { target -> [String] in
            guard let room = known[target.name] else { return ["\(target.name) is not in the table of rooms"] }
            let wrongFolder =
                target.folder == room.folder ? [] : ["\(target.name) is in \(target.folder), not in \(room.folder)"]
            return wrongFolder
                + target.dependencies.subtracting(room.ours).subtracting(room.foreign).sorted().map {
                    "\(target.name) declares \($0), which it may not use"
                }
        }
        let missing = rooms.filter { room in !targets.contains { $0.name == room.name } }
        return beyond + missing.map { "\($0.name) is not a target of Package.swift" }
    }

    /// Source files that stand in no room.
    func strays(in files: [SourceFile]) -> [String] {
        files.map(\.path).filter { path in !rooms.contains { path.hasPrefix($0.folder + "/") } }
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
