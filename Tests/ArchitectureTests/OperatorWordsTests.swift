import Foundation
import Testing

@Suite("The manual's words")
struct OperatorWordsTests {
    private static let page = "Documentation/Martlet.docc/Troubleshooting.md"

    @Test("Every warning and error of the program is explained, and every explained one exists")
    func troubleshootingIsComplete() throws {
        let page = try #require(Repository.files.first { $0.path == Self.page })
        let words = OperatorWords(page: page.text)
        let files = Repository.product.filter { !$0.isIn("GatewayTesting") }
        let missing = words.unexplained(in: files).map { "\($0.path): \($0.text)" }
        #expect(missing.isEmpty, "Explain these in \(Self.page).\n\(missing.joined(separator: "\n"))")
        let unknown = words.unknown(in: files)
        #expect(unknown.isEmpty, "No source has these texts of \(Self.page).\n\(unknown.joined(separator: "\n"))")
        #expect(words.quotes.count > 150, "The tables of \(Self.page) are not found.")
    }

    @Test(
        "Each kind of warning and error is found, in one line or several, with its values as gaps",
        arguments: [
            (#"logger.warning("it \(one(two)) fails again", metadata: [:])"#, "it … fails again"),
            ("logger.critical(\n    \"nothing\"\n    + \" works\")", "nothing works"),
            (#"kernel.log(.error, "a change \"b\" fails")"#, #"a change "b" fails"#),
            (#"logger.log(level: first ? .warning : .debug, "one fails now")"#, "one fails now"),
            (#"log.refused("a call is refused", from: x)"#, "a call is refused"),
            (#"throw StartFailure("\(key): nothing starts")"#, "…: nothing starts"),
            ("reader.report(\n    \"key\", \"'\\(text)' cannot be read\")", "'…' cannot be read"),
            (#"throw .unavailable("\(path) is gone for good")"#, "… is gone for good"),
        ])
    func finds(source: String, text: String) {
        let path = source.contains("report(") ? "Sources/Settings/A.swift" : "Sources/Registry/A.swift"
        let file = SourceFile(path: path, text: source)
        #expect(OperatorWords.words(in: file).map(\.text) == [text])
        #expect(OperatorWords(page: "| `other` | x |").unexplained(in: [file]).map(\.text) == [text])
        #expect(OperatorWords(page: "| `\(text)` | x |").unexplained(in: [file]).isEmpty)
    }

    @Test(
        "Records below a warning, and texts without words of their own, need no explanation",
        arguments: [
            #"logger.info("nothing is wrong")"#, #"kernel.log(.notice, "nothing is wrong")"#,
            #"logger.log(level: .debug, "nothing is wrong")"#, #"logger.error("\(path): \(reason)")"#,
        ])
    func leavesAlone(source: String) {
        #expect(OperatorWords.words(in: SourceFile(path: "Sources/A/A.swift", text: source)).isEmpty)
    }

    @Test("A quote that no source has is noticed, and so is one whose words are only partly there")
    func quotesCanFail() {
        let file = SourceFile(path: "Sources/A/A.swift", text: #"let a = "the disk "\#n + "is full: \(path)""#)
        let page = "| `the disk is full: …` | x |\n| `the disk is … empty` | x |\ntext with `code`"
        #expect(OperatorWords(page: page).unknown(in: [file]) == ["the disk is … empty"])
    }

    @Test("The page about upgrades names the version of the registry that this Martlet writes")
    func registryVersionIsNamed() throws {
        let page = try #require(Repository.files.first { $0.path.hasSuffix("/BackupAndMoving.md") })
        let schema = try #require(Repository.files.first { $0.path == "Sources/SQLiteStore/Schema.swift" })
        let version = schema.text.ranges(of: "registerMigration(\"v").count
        #expect(
            page.text.contains("This Martlet writes version \(version)."), "Write version \(version) in \(page.path).")
    }
}
