/// Which folders of a module use which others, read from the source: a folder uses another if it names a type that is
/// declared there, or calls a function or reads a property that an extension there adds to a type of elsewhere. A call of
/// any other member needs a value of a type that is named somewhere in the caller's folder.
///
/// Files that lie in the module's own folder tie everything together and are left out.
struct FolderGraph {
    /// For each folder the folders that it uses, each with a name that shows it.
    private(set) var uses: [String: [String: String]] = [:]

    /// A file in a folder of the module.
    private struct File {
        let folder: String
        let source: SourceFile

        init?(_ source: SourceFile, of module: String) {
            guard source.isSwift, source.path.hasPrefix(module + "/") else { return nil }
            let parts = source.path.dropFirst(module.count + 1).split(separator: "/")
            guard parts.count > 1 else { return nil }
            folder = String(parts[0])
            self.source = source
        }
    }

    init(of module: String, in files: [SourceFile]) {
        let folders = Dictionary(
            grouping: files.compactMap { File($0, of: module) }, by: \.folder
        ).mapValues { files in files.map(\.source) }
        var homes: [String: Set<String>] = [:]
        for (folder, files) in folders {
            uses[folder] = [:]
            let types = files.reduce(into: Set<String>()) { $0.formUnion(Self.types(in: $1)) }
            let added = files.flatMap { Self.added(by: $0, but: types) }
            for name in types.union(added) { homes[name, default: []].insert(folder) }
        }
        for (folder, files) in folders {
            let declared = files.reduce(into: Set<String>()) { $0.formUnion(Self.declared(in: $1)) }
            for name in files.flatMap({ Self.used(in: $0.code) }) where !declared.contains(name) {
                // A name that several folders offer tells nothing.
                guard let places = homes[name], places.count == 1, let home = places.first else { continue }
                uses[folder]?[home] = name
            }
        }
    }

    /// The folders that use each other in a circle, in the order of their names; empty if there is none.
    var circle: [String] {
        uses.keys.filter { folder in reached(from: folder).contains(folder) }.sorted()
    }

    private func reached(from folder: String) -> Set<String> {
        var seen: Set<String> = []
        var next = Array(uses[folder, default: [:]].keys)
        while let place = next.popLast() {
            if seen.insert(place).inserted { next += uses[place, default: [:]].keys }
        }
        return seen
    }

    /// One line for each use inside the circle.
    var evidence: String {
        let knot = Set(circle)
        return knot.sorted().flatMap { folder in
            uses[folder, default: [:]].filter { knot.contains($0.key) }.sorted { $0.key < $1.key }
                .map { "\(folder) uses \($0.key): \($0.value)" }
        }.joined(separator: "\n")
    }

    /// The types that other folders can name.
    private static func types(in file: SourceFile) -> Set<String> {
        let start = #/^(?:(?:package|final|indirect) )*(?:class|struct|enum|protocol|typealias) (\w+)/#
        return Set(file.codeLines.compactMap { $0.firstMatch(of: start).map { String($0.output.1) } })
    }

    /// The members that extensions of other folders' types add.
    private static func added(by file: SourceFile, but own: Set<String>) -> Set<String> {
        var names: Set<String> = []
        var isForeign = false
        for line in file.codeLines {
            if let type = line.firstMatch(of: #/^(?:package )?extension (\w+)/#) {
                isForeign = !own.contains(String(type.output.1))
            } else if line.contains(#/^[a-z]/#) {
                isForeign = false
            } else if isForeign,
                let member = line.firstMatch(
                    of: #/^    (?:(?:package|static|mutating|nonmutating) )*(?:func|var|let) `?(\w+)/#)
            {
                names.insert(String(member.output.1))
            }
        }
        return names
    }

    /// Everything that a file declares, private or not.
    private static func declared(in file: SourceFile) -> Set<String> {
        Set(
            file.code.matches(of: #/(?:func|var|let|case|class|struct|enum|protocol|typealias) `?(\w+)/#)
                .map { String($0.output.1) })
    }

    /// Types that are named, and members that are reached by a dot or called.
    private static func used(in code: String) -> Set<String> {
        var names = Set(code.matches(of: #/\b([A-Z]\w*)/#).map { String($0.output.1) })
        names.formUnion(code.matches(of: #/\.([a-z]\w*)/#).map { String($0.output.1) })
        names.formUnion(code.matches(of: #/\b([a-z]\w*)\(/#).map { String($0.output.1) })
        return names
    }
}
