import Operations

/// A table of the status page, with its heading.
struct PageTable {
    enum Cell {
        case text(String)
        case number(Int)
        case good(String)
        case bad(String)

        /// The class and the escaped content.
        fileprivate var html: (kind: String, content: String) {
            switch self {
            case .text(let text): ("", HTMLText.escaped(text))
            case .number(let number): ("n", "\(number)")
            case .good(let text): ("good", HTMLText.escaped(text))
            case .bad(let text): ("bad", HTMLText.escaped(text))
            }
        }
    }

    private let title: String
    private let columns: [String]
    private let rows: [[Cell]]
    private let emptyWords: String?

    /// - Parameter words: stand in the place of a table without rows; nil leaves out the table and its heading.
    init(_ title: String, _ columns: [String], _ rows: [[Cell]], ifEmpty words: String? = nil) {
        self.title = title
        self.columns = columns
        self.rows = rows
        emptyWords = words
    }

    var html: String {
        let heading = "<h2>\(HTMLText.escaped(title))</h2>\n"
        guard !rows.isEmpty else { return emptyWords.map { heading + "<p>\(HTMLText.escaped($0))</p>\n" } ?? "" }
        let head = zip(columns, rows[0]).map { name, cell in
            Self.cell("th", cell.html.kind == "n" ? "n" : "", HTMLText.escaped(name))
        }
        let body = rows.map { row in
            "<tr>" + row.map { Self.cell("td", $0.html.kind, $0.html.content) }.joined() + "</tr>\n"
        }
        return heading + "<section><table><tr>\(head.joined())</tr>\n\(body.joined())</table></section>\n"
    }

    private static func cell(_ name: String, _ kind: String, _ content: String) -> String {
        kind.isEmpty ? "<\(name)>\(content)</\(name)>" : "<\(name) class=\"\(kind)\">\(content)</\(name)>"
    }
}
