/// The answers of the control socket in words for a terminal.
enum ControlText {
    /// The sentences and the table of a reply. Characters that could control the terminal are replaced, because names
    /// in a table come from strangers.
    static func lines(of reply: ControlReply) -> [String] { ((reply.lines ?? []) + table(reply)).map(harmless) }

    /// The lines of the document of a reply.
    static func document(of reply: ControlReply) -> [String] {
        guard let document = reply.document else { return [] }
        return document.split(separator: "\n", omittingEmptySubsequences: false).map { harmless(String($0)) }
    }

    private static func table(_ reply: ControlReply) -> [String] {
        guard let headings = reply.headings, let rows = reply.rows, !rows.isEmpty else { return [] }
        let all =
            [headings] + rows.map { row in row.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") } }
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func harmless(_ line: String) -> String {
        String(
            String.UnicodeScalarView(
                line.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: scalar == "\t" ? scalar : "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}
