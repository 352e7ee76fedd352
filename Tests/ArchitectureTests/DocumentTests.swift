import Foundation
import Testing

@Suite("The documents")
struct DocumentTests {
    @Test("The map of the code has one sentence for each folder, and no other row")
    func mapIsComplete() throws {
        let page = try #require(Repository.files.first { $0.path == CodeMap.path })
        let problems = CodeMap(page.text).problems(with: Repository.files.map(\.path))
        #expect(
            problems.isEmpty, "Change \(CodeMap.path) with the folders.\n\(problems.joined(separator: "\n"))")
    }

    @Test("Every link of a document to a file or a heading leads there")
    func linksAreAlive() {
        let documents = Repository.files.filter { $0.path.hasSuffix(".md") }
        let links = DocumentLinks(
            exists: { FileManager.default.fileExists(atPath: Repository.root.appending(path: $0).path) },
            text: { path in documents.first { $0.path == path }?.text })
        let dead = documents.flatMap(links.deadLinks)
        #expect(documents.count > 5, "The documents are not found.")
        #expect(dead.isEmpty, "Correct the links.\n\(dead.map(\.description).joined(separator: "\n"))")
    }

    @Test(
        "Every test that a document names exists, and every convention has a test or a reason",
        arguments: ["MovingFromBiboumi", "EarlyFaults"])
    func namedTestsExist(page: String) throws {
        let path = "Documentation/Martlet.docc/\(page).md"
        let document = try #require(Repository.files.first { $0.path == path })
        let problems = NamedTests(document).problems(with: NamedTests.sentences(in: Repository.swift))
        #expect(problems.isEmpty, "Name other tests.\n\(problems.map(\.description).joined(separator: "\n"))")
    }

    @Test("A name that no test has and a convention without a proof are noticed")
    func namedTestsCanFail() {
        let test = SourceFile(path: "T.swift", text: "@Test(\n    \"it works\", arguments: [1])\n@Test(\"too\")")
        let page = """
            See “it works” and “it does not”.
            | convention | in Martlet |
            |---|---|
            | one | “too” |
            | two | “one” and “it works” |
            | three | so be it |
            | four | *differs* |
            """
        let problems = NamedTests(SourceFile(path: "d.md", text: page)).problems(
            with: NamedTests.sentences(in: [test]))
        #expect(
            problems.map(\.description) == [
                "d.md:1: no test is called “it does not”", "d.md:5: no test is called “one”",
                "d.md:6: no test and no reason",
            ])
    }

    @Test("The map notices missing, surplus, doubled, misled and speechless rows")
    func mapCanFail() {
        let page = """
            | folder | purpose |
            |---|---|
            | [`Sources/A`](../../Sources/A) | Does things. |
            | [`Sources/A`](../../Sources/A) | Does things again. |
            | [`Sources/B/Part`](../../Sources/B) | Does other things. |
            | [`Sources/Gone`](../../Sources/Gone) | Does nothing. |
            | [`Tests/X`](../../Tests/X) | tests |
            """
        let files = ["Sources/A/A.swift", "Sources/B/Part/B.swift", "Tests/X/Deep/T.swift", "README.md"]
        #expect(
            CodeMap(page).problems(with: files) == [
                "Sources/B has no row", "Sources/Gone is no folder with files", "Sources/A has several rows",
                "Sources/B/Part links to ../../Sources/B", "Tests/X has no sentence",
            ])
    }

    @Test(
        "A file asks for rows of its module and of the folders in it",
        arguments: [
            ("Sources/A/Part/Deep/A.swift", ["Sources/A", "Sources/A/Part", "Sources/A/Part/Deep"]),
            ("Sources/CA/include/a.h", ["Sources/CA"]), ("Tests/X/Deep/Deeper/T.swift", ["Tests/X"]),
            ("gateways/README.md", ["gateways"]),
            (
                "gateways/a/Sources/Part/A.swift",
                ["gateways", "gateways/a", "gateways/a/Sources", "gateways/a/Sources/Part"]
            ),
            ("gateways/a/Tests/Part/T.swift", ["gateways", "gateways/a", "gateways/a/Tests"]),
            ("Scripts/test", ["Scripts"]), ("README.md", []),
        ])
    func folders(file: String, rows: [String]) { #expect(CodeMap.folders(for: file) == rows) }

    @Test("Dead links are noticed, in text but not in code, and links to the net are left alone")
    func linksCanFail() {
        let texts = [
            "docs/a.md": """
            # One Title, with `code`
            [x](b.md) [x](b.md#two) [x](../c) [x](#one-title-with-code) [x](https://x.example/y) [x](doc:Y)
            [1](d.md) [2](b.md#three) [3](../../e) [4](#other)
            ```
            [x](nowhere)
            ```
            """,
            "docs/b.md": "## Two\n```\n# Three\n```", "c": "",
        ]
        let links = DocumentLinks(exists: { texts[$0] != nil }, text: { texts[$0] })
        let dead = links.deadLinks(in: SourceFile(path: "docs/a.md", text: texts["docs/a.md"] ?? ""))
        #expect(
            dead.map(\.description)
                == ["d.md", "b.md#three", "../../e", "#other"].map {
                    "docs/a.md:3: \($0) leads nowhere"
                })
    }
}
