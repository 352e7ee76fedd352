import Foundation
import GatewayKit
import Testing

@testable import Settings

@Suite("The longest and largest that is taken, and one more")
struct BoundaryTests {
    private func isRead(_ yaml: String) -> Bool {
        do {
            _ = try YAMLConfig.node(from: yaml, file: "f")
            return true
        } catch {
            return false
        }
    }

    @Test("levels of lists, of maps, and of both", arguments: [("[", "]"), ("{a: ", "}"), ("[{a: ", "}]")])
    func depth(open: String, close: String) {
        func nested(_ times: Int) -> String {
            String(repeating: open, count: times) + "x" + String(repeating: close, count: times)
        }
        let times = 32 / close.count
        #expect(isRead(nested(times)))
        #expect(!isRead(nested(times + 1)))
    }

    @Test("values of one file")
    func values() {
        func list(_ count: Int) -> String { "[" + Array(repeating: "x", count: count).joined(separator: ",") + "]" }
        #expect(isRead(list(49_999)))
        #expect(!isRead(list(50_000)))
    }

    @Test("parts of addresses")
    func addresses() {
        let label = String(repeating: "a", count: 63)
        let domain = "\(label).\(label).\(label).\(label)"
        #expect(domain.utf8.count == 255)
        #expect(AddressSyntax.flaw(domain: domain) == nil)
        #expect(AddressSyntax.flaw(domain: "\(label).\(label).\(label).\(label.dropLast()).b") != nil)
        #expect(AddressSyntax.flaw(domain: "\(label)a.b") != nil)
        #expect(AddressSyntax.flaw(bareJID: String(repeating: "a", count: 1_023) + "@b") == nil)
        #expect(AddressSyntax.flaw(bareJID: String(repeating: "a", count: 1_024) + "@b") != nil)
    }

    @Test("a secret's file")
    func secret() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("s-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let sources = SecretSources.system(environment: [:])
        try Data(repeating: 0x61, count: 65_536).write(to: file)
        #expect(try sources.file(file.path).utf8.count == 65_536)
        try Data(repeating: 0x61, count: 65_537).write(to: file)
        #expect(throws: (any Error).self) { try sources.file(file.path) }
    }

    @Test("problems are told once, in the order of line, column, key and words")
    func order() {
        func problem(_ line: Int, _ column: Int, _ key: String, _ text: String) -> ConfigProblem {
            ConfigProblem(at: ConfigPlace(file: "f", line: line, column: column), key: key, text)
        }
        let sorted = [
            problem(1, 2, "b", "b"), problem(1, 3, "a", "a"), problem(2, 1, "a", "a"), problem(2, 1, "a", "b"),
            problem(2, 1, "b", "a"),
        ]
        #expect((sorted.reversed() + sorted).inOrder() == sorted)
    }
}
