import Foundation
import Testing

/// PostgreSQL must understand all SQL except that of the schema.
@Suite("SQL that PostgreSQL understands")
struct SQLFormTests {
    /// Patterns of SQL that PostgreSQL refuses or understands differently, each with the form to use instead.
    static let dialect: [(pattern: String, instead: String)] = [
        (#"(?i)\bOR\s+(REPLACE|IGNORE|ABORT|FAIL|ROLLBACK)\b"#, "ON CONFLICT (columns) DO …"),
        (#"(?i)\bREPLACE\s+INTO\b"#, "ON CONFLICT (columns) DO UPDATE"),
        (#"(?i)\bON\s+CONFLICT\s+DO\s+UPDATE\b"#, "ON CONFLICT (columns) DO UPDATE"),
        (#"(^|[^\w?])\?\d*([\s,)]|$)"#, "$1"),
        (#"[:@]\w+\s*(,|\)|AND)"#, "$1"),
        (#"(^|[^"\w.])user([^"\w]|$)"#, #""user", because the bare word is a function"#),
        (
            #"(?i)\b(IFNULL|TOTAL|GROUP_CONCAT|GLOB|STRFTIME|JULIANDAY|UNIXEPOCH|LAST_INSERT_ROWID|CHANGES)\b"#,
            "COALESCE …"
        ),
        (#"(?i)\b(ROWID|AUTOINCREMENT|STRICT|PRAGMA|INDEXED BY|COLLATE|ATTACH|VACUUM|ZEROBLOB)\b"#, "the schema files"),
        (#"(?i)\bLIMIT\s+\S+\s*,"#, "LIMIT … OFFSET"),
        (#"(?i)\bIS\s+(NOT\s+)?\$"#, "IS NOT DISTINCT FROM"),
        (#"=="#, "="),
        (#"(?i)\bX'"#, "a parameter"),
        (#"`"#, "double quotes"),
        (#"(?i)\bWHERE\s+TRUE\b"#, "nothing"),
    ]

    /// Files that may contain SQL in SQLite's dialect.
    static let exempt: Set = ["Schema.swift", "Schema+Versions.swift", "WriteProbe.swift", "RegistryCopy.swift"]

    static let statements: [(file: String, sql: String)] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/SQLiteStore")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap {
            $0 as? URL
        }
        return (files ?? []).filter { $0.pathExtension == "swift" && !exempt.contains($0.lastPathComponent) }
            .flatMap { file in
                strings(in: (try? String(contentsOf: file, encoding: .utf8)) ?? "").filter(isSQL)
                    .map { (file.lastPathComponent, $0) }
            }
    }()

    /// The string literals of a source text.
    private static func strings(in source: String) -> [String] {
        let literal = ###/(?s)"""(?<long>.*?)"""|#"(?<raw>.*?)"#|"(?<short>(?:[^"\\\n]|\\.)*)"/###
        return source.matches(of: literal).compactMap { $0.output.long ?? $0.output.raw ?? $0.output.short }
            .map(String.init)
    }

    private static func isSQL(_ text: String) -> Bool {
        text.contains(/\b(SELECT|INSERT|UPDATE|DELETE|WHERE|AND|SET|CASE|COALESCE)\b/)
    }

    private func findings(_ sql: String) throws -> [String] {
        try Self.dialect.filter { try sql.contains(Regex($0.pattern)) }.map(\.instead)
    }

    @Test("No statement of a concern has a word that only SQLite understands")
    func statements() throws {
        #expect(Self.statements.count > 40)
        for (file, sql) in Self.statements { #expect(try findings(sql) == [], "\(file): \(sql)") }
    }

    @Test("Parameters appear in the order of their numbers: SQLite numbers them by their first appearance")
    func parameters() {
        for (file, sql) in Self.statements {
            var highest = 0
            for match in sql.matches(of: /\$(\d+)/) {
                let number = Int(match.output.1) ?? 0
                // A condition that becomes part of a larger statement may begin with a higher number.
                if highest == 0 { highest = number - 1 }
                #expect(number <= highest + 1, "\(file): \(sql)")
                highest = max(highest, number)
            }
        }
    }

    @Test(
        "Each pattern finds a statement with its word",
        arguments: [
            "INSERT OR REPLACE INTO peers VALUES ($1)", "INSERT INTO a VALUES (1) ON CONFLICT DO UPDATE SET b = 1",
            "SELECT a FROM b WHERE c = ?", "SELECT a FROM b WHERE c = ?1 ", "SELECT a FROM b WHERE c = :name AND d = 1",
            "SELECT user FROM accounts", "SELECT IFNULL(a, 1) FROM b", "SELECT rowid FROM b",
            "SELECT a FROM b LIMIT 1, 2",
            "SELECT a FROM b WHERE c IS $1", "SELECT a FROM b WHERE c == 1", "SELECT X'00'", "SELECT `a` FROM b",
            "SELECT a FROM b WHERE TRUE", "REPLACE INTO b VALUES (1)",
        ])
    func found(sql: String) throws {
        #expect(Self.isSQL(sql) || sql.hasPrefix("REPLACE"))
        #expect(try !findings(sql).isEmpty)
    }
}
