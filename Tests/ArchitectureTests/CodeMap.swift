/// The page of the documentation that names every folder of the repository, with one sentence for each.
struct CodeMap {
    static let path = "Documentation/Martlet.docc/Map.md"

    struct Row {
        let folder: String
        /// The target of the row's link, relative to the page.
        let link: String
        let sentence: String
    }

    let rows: [Row]

    init(_ page: String) {
        rows = page.matches(of: /(?m)^\| \[`([^`]+)`\]\(([^)]+)\) \| (.*?) \|$/).map {
            Row(folder: String($0.output.1), link: String($0.output.2), sentence: String($0.output.3))
        }
    }

    /// The disagreements between the page and the files of the repository, and the rows that are not in their form.
    func problems(with files: [String]) -> [String] {
        let named = rows.map(\.folder)
        let wanted = Set(files.flatMap(Self.folders))
        let twice = Dictionary(grouping: named) { $0 }.filter { $1.count > 1 }.keys
        return wanted.subtracting(named).sorted().map { "\($0) has no row" }
            + Set(named).subtracting(wanted).sorted().map { "\($0) is no folder with files" }
            + twice.sorted().map { "\($0) has several rows" }
            + rows.filter { $0.link != "../../" + $0.folder }.map { "\($0.folder) links to \($0.link)" }
            + rows.filter { !Self.isSentence($0.sentence) }.map { "\($0.folder) has no sentence" }
    }

    private static func isSentence(_ text: String) -> Bool {
        text.hasSuffix(".") && text.split(separator: " ").count > 1
    }

    /// The folders that need a row because of a file. In product code these are all folders on the way to the file,
    /// elsewhere the one folder that stands for a module.
    static func folders(for file: String) -> [String] {
        let parts = file.split(separator: "/").dropLast().filter { $0 != "include" }
        guard let top = parts.first else { return [] }
        let isProduct = top == "Sources" || (top == "gateways" && parts.dropFirst(2).first == "Sources")
        let (first, last) =
            switch top {
            case "Sources": (2, parts.count)
            case "gateways": (1, isProduct ? parts.count : min(3, parts.count))
            default: (min(2, parts.count), min(2, parts.count))
            }
        guard first <= last else { return [] }
        return (first...last).map { parts.prefix($0).joined(separator: "/") }
    }
}
