import XMPP

/// The result of a command. It can be shown as a form and as chat messages.
struct CommandResult {
    /// Rows with named columns.
    struct Table {
        /// The name and the heading of each column.
        let columns: [(name: String, label: String)]
        /// The cells of each row, without words that the column says already.
        let rows: [[String]]
        /// Makes the cells of a row for a chat, where no column names them; nil for the cells as they are.
        var chatCells: (([String]) -> [String])?
    }

    /// Sentences for the user, one a line.
    var lines: [String]
    var table: Table?
    /// A long text, such as all data of a user.
    var document: String?

    init(_ lines: [String], table: Table? = nil, document: String? = nil) {
        self.lines = lines
        self.table = table
        self.document = document
    }

    init(_ line: String) { self.init([line]) }
}

extension CommandResult {
    /// The result form of an ad-hoc command (XEP-0004 §3.4); nil if there are only lines. The document's lines are the
    /// values of the field `document`.
    var dataForm: DataForm? {
        guard table != nil || document != nil else { return nil }
        var form = DataForm(.result)
        if let document {
            let lines = document.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            form.fields = [DataForm.Field("document", .textMulti, label: "Document", values: lines)]
        }
        if let table {
            form.reported = table.columns.map { DataForm.Field($0.name, .textSingle, label: $0.label) }
            form.items = table.rows.map { row in
                zip(table.columns, row).map { DataForm.Field($0.name, values: [$1]) }
            }
        }
        return form
    }

    /// The approximate number of bytes of the result form.
    var formBytes: Int {
        // 60 bytes of markup for each cell, 15 for each line of the document.
        let rows = table?.rows.reduce(0) { sum, row in sum + row.reduce(0) { $0 + 60 + $1.utf8.count } } ?? 0
        let document = document?.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 16 : 1) } ?? 0
        return rows + document
    }

    /// Maximum length of one chat message, in bytes. A longer document is sent in several messages, in order.
    private static let longestMessage = 40_000

    /// The bodies of the chat messages that show the result: the lines and rows, then the document.
    var bodies: [String] {
        var lines = lines
        for row in table?.rows ?? [] {
            let parts = table?.chatCells?(row) ?? row
            lines.append(parts.filter { !$0.isEmpty }.joined(separator: ", "))
        }
        var bodies = Self.pieces(of: lines)
        if let document {
            bodies += Self.pieces(
                of: document.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
        return bodies
    }

    private static func pieces(of lines: [String]) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for line in lines {
            if !piece.isEmpty, piece.utf8.count + line.utf8.count > longestMessage {
                pieces.append(piece)
                piece = ""
            }
            piece += piece.isEmpty ? line : "\n" + line
        }
        return piece.isEmpty ? pieces : pieces + [piece]
    }
}
