import GatewayKit
import Testing

@testable import Settings

@Suite("The outline of a configuration")
struct ConfigOutlineTests {
    private func outline(_ text: String, secret: String = "s") throws -> ConfigOutline {
        ConfigOutline(
            try YAMLConfig.node(from: text, file: "m.yaml"),
            secrets: SecretSources(environment: { _ in secret }, file: { _ in secret }))
    }

    private func changes(_ old: String, _ new: String) throws -> [String] {
        try outline(old).changes(to: outline(new)).map { "\($0.path.joined(separator: "/")) \($0.kind.rawValue)" }
    }

    @Test(
        "a difference is named by the highest key that is new, gone or changed",
        arguments: [
            ("a: 1", "a: 1", []),
            ("a: 1\nb: 2", "b: 2\n\n# moved\na: 1", []),
            ("a: 1", "a: 2", ["a changed"]),
            ("a: {b: 1}", "a: {b: 1, c: {d: 2, e: 3}}", ["a/c added"]),
            ("a: {b: 1, c: {d: 2, e: 3}}", "a: {b: 1}", ["a/c removed"]),
            ("a: [1, 2]", "a: [12]", ["a changed"]),
            ("a: [x, y]", "a: [y, x]", ["a changed"]),
            ("a.b: 1", "a: {b: 1}", ["a/b added", "a.b removed"]),
            ("a: {b: {}}", "a: {b: {}, c: {}}", ["a/c added"]), ("a: {b: {}}", "a: {b: {c: 1}}", ["a/b/c added"]),
            ("a: {b: {c: 1}}", "a: {b: {}}", ["a/b/c removed"]),
        ] as [(String, String, [String])])
    func differences(old: String, new: String, expected: [String]) throws {
        #expect(try changes(old, new) == expected)
    }

    @Test("a secret whose file has other content counts as changed, and no difference shows it")
    func secrets() throws {
        let text = "gateways: {a: {secret: {file: /x}}}"
        let changes = try outline(text, secret: "old").changes(to: outline(text, secret: "new"))
        #expect(changes == [ConfigOutline.Change(["gateways", "a", "secret"], .changed)])
        let outline = try outline(text, secret: "hunter2")
        #expect(!"\(outline)".contains("hunter2"))
    }

    @Test("a profile beside the file belongs to the configuration")
    func profiles() throws {
        var (old, new) = (try outline("a: 1"), try outline("a: 1"))
        old.add(file: "providers/x.yaml", content: "1")
        new.add(file: "providers/x.yaml", content: "2")
        #expect(old.changes(to: new) == [ConfigOutline.Change(["file providers/x.yaml"], .changed)])
    }
}
