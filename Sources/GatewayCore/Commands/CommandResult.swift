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

    /// A command that gives the rows after those of a result, with the values for its fields.
    struct Next {
        let node: String
        let values: CommandValues
    }

    /// Sentences for the user, one a line.
    var lines: [String]
    var table: Table?
    /// A long text, such as all data of a user.
    var document: String?
    /// The command that gives the rows after these; nil if these are all.
    var next: Next?

    init(_ lines: [String], table: Table? = nil, document: String? = nil, next: Next? = nil) {
        self.lines = lines
        self.table = table
        self.document = document
        self.next = next
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
            form.fields = [
                DataForm.Field("document", .textMulti, label: "Document", values: Self.lines(of: document))
            ]
        }
        if let table {
            form.reported = table.columns.map { DataForm.Field($0.name, .textSingle, label: $0.label) }
            form.items = table.rows.map { row in
                zip(table.columns, row).map { DataForm.Field($0.name, values: [$1]) }
            }
        }
        return form
    }

    /// The approximate number of bytes that the result occupies in memory.
    var bytes: Int {
        let rows = table?.rows.reduce(0) { sum, row in sum + row.reduce(0) { $0 + 32 + $1.utf8.count } } ?? 0
        return rows + (document?.utf8.count ?? 0) + lines.reduce(0) { $0 + $1.utf8.count }
    }
}

/// The pages of a long result. A home server refuses a stanza that is too long, and a person does not read a message
/// that is too long.
extension CommandResult {
    /// Maximum length of one form, in bytes. A row that is longer has a form of its own.
    private static let longestForm = 50_000
    /// Maximum length of one page of rows in a chat, in bytes and in rows.
    private static let longestChatPage = (bytes: 12_000, rows: 100)
    /// Maximum length of one chat message, in bytes. A longer document is sent in several messages, in order.
    private static let longestMessage = 40_000

    /// The result in parts, each of which fits into one form. The first part has the lines. A client that joins the
    /// values of the field `document` of all parts by line feeds has the whole document.
    var formPages: [CommandResult] {
        var pages: [CommandResult] = []
        if let document {
            // 15 bytes of markup for each line.
            let parts = Self.slices(of: Self.lines(of: document), Self.longestForm) { 15 + $0.xmlBytes }
            pages += parts.map { CommandResult([], document: $0.joined(separator: "\n")) }
        }
        if let table {
            // 60 bytes of markup for each cell.
            let parts = Self.slices(of: table.rows, Self.longestForm) { row in
                row.reduce(0) { $0 + 60 + $1.xmlBytes }
            }
            pages += parts.map { CommandResult([], table: table.with($0)) }
        }
        if pages.isEmpty { pages = [CommandResult([])] }
        pages[0].lines = lines
        return pages
    }

    /// The result in parts for a chat, in which a user asks for each with `more`. Only the rows are divided; the last
    /// part has the whole document.
    var chatPages: [CommandResult] {
        guard let table else { return [self] }
        let parts = Self.slices(of: table.rows, Self.longestChatPage.bytes, most: Self.longestChatPage.rows) { row in
            row.reduce(0) { $0 + 2 + $1.xmlBytes }
        }
        var pages = parts.map { CommandResult([], table: table.with($0)) }
        if pages.isEmpty { pages = [CommandResult([])] }
        pages[0].lines = lines
        pages[pages.count - 1].document = document
        return pages
    }

    /// The bodies of the chat messages that show the result: the lines and rows, then the document.
    var bodies: [String] {
        var lines = lines
        for row in table?.rows ?? [] {
            let parts = table?.chatCells?(row) ?? row
            // A name that somebody else has chosen must not look like a line of the gateway.
            let line = parts.filter { !$0.isEmpty }.joined(separator: ", ")
            lines.append(line.contains(where: \.isNewline) ? String(line.map { $0.isNewline ? " " : $0 }) : line)
        }
        return ([lines] + [document.map(Self.lines) ?? []]).flatMap { lines in
            Self.slices(of: lines, Self.longestMessage) { 1 + $0.xmlBytes }.map { $0.joined(separator: "\n") }
        }
    }

    private static func lines(of document: String) -> [String] {
        document.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Divides items into slices, in order. No slice is empty. A slice has at most `longest` bytes and `most` items; an
    /// item that is longer has a slice of its own.
    private static func slices<Item>(
        of items: [Item], _ longest: Int, most: Int = .max, bytes: (Item) -> Int
    ) -> [[Item]] {
        var slices: [[Item]] = []
        var (slice, sum): ([Item], Int) = ([], 0)
        for item in items {
            let size = bytes(item)
            if !slice.isEmpty, sum + size > longest || slice.count == most {
                slices.append(slice)
                (slice, sum) = ([], 0)
            }
            slice.append(item)
            sum += size
        }
        return slice.isEmpty ? slices : slices + [slice]
    }
}

extension CommandResult.Table {
    /// The same columns with other rows.
    fileprivate func with(_ rows: [[String]]) -> Self {
        CommandResult.Table(columns: columns, rows: rows, chatCells: chatCells)
    }
}

extension String {
    /// The number of bytes of the text in a stanza, in which `&`, `<` and `>` are escaped.
    fileprivate var xmlBytes: Int {
        utf8.reduce(0) { sum, byte in
            switch byte {
            case UInt8(ascii: "&"): sum + 5
            case UInt8(ascii: "<"), UInt8(ascii: ">"): sum + 4
            default: sum + 1
            }
        }
    }
}
