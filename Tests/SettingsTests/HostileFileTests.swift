import Foundation
import GatewayKit
import Testing

@testable import Settings

/// Files that are mistakes or attacks: each ends at once in words with a line, and never in a crash.
@Suite("Configuration files that make no sense")
struct HostileFileTests {
    private static let good = """
        registry: r.sqlite
        access: {allow: [example.org]}
        gateways:
          echo.example.org: {secret: {env: SECRET}, adapter: echo}
        """

    private func load(bytes: [UInt8]) throws -> Loading.Loaded {
        let file = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bytes).write(to: file)
        return MartletConfiguration.load(
            file: file.path, environment: ["SECRET": "s3cret"], adapters: Loading.adapters)
    }

    /// The problem of a file without the file's name.
    private func problem(bytes: [UInt8]) throws -> String {
        let loaded = try load(bytes: bytes)
        #expect(loaded.configuration == nil)
        let line = try #require(loaded.problems.first?.line)
        return String(line.drop { $0 != ":" }.dropFirst())
    }

    @Test("line ends of any kind and a byte order mark are fine")
    func lineEnds() throws {
        for end in ["\r\n", "\r", "\n"] {
            for mark in ["", "\u{FEFF}"] {
                let text = mark + Self.good.split(separator: "\n").joined(separator: end) + end
                let loaded = try load(bytes: Array(text.utf8))
                #expect(loaded.problems == [] && loaded.configuration?.gateways.count == 1)
            }
        }
    }

    @Test("lines are counted whatever their end", arguments: ["\n", "\r\n", "\r"])
    func lineNumbers(end: String) {
        let text = Self.good.split(separator: "\n").joined(separator: end) + "\(end)nonsense: 1"
        #expect(Loading.lines(Loading.load(text)).map { $0.prefix(9) } == ["m.yaml:5:"])
    }

    @Test(
        "bytes that are no text",
        arguments: [
            ([0xFF, 0xFE, 0x61, 0x00], "not UTF-8"), ([0x61, 0x3A, 0x20, 0xC3], "not UTF-8"),
            ([0xED, 0xA0, 0x80], "not UTF-8"), ([0xC0, 0x80], "not UTF-8"), ([0xF4, 0x90, 0x80, 0x80], "not UTF-8"),
            ([0x61, 0x3A, 0x20, 0x00], "not valid YAML"), ([0x00], "not valid YAML"),
            (Array("a: 1\nb: \u{7F}x".utf8), "not valid YAML"), (Array("a: \u{1B}[31m".utf8), "not valid YAML"),
            (Array("a: 1\nb: \u{FFFF}".utf8), "not valid YAML"),
        ])
    func bytes(bytes: [UInt8], words: String) throws {
        let problem = try problem(bytes: bytes)
        #expect(problem.contains(words), "\(problem)")
        #expect(problem.prefix { $0 != " " }.contains(/^\d+:\d+:$/))
    }

    @Test("a file over a mebibyte is refused unread, and so is one without an end")
    func huge() throws {
        #expect(try problem(bytes: Array(repeating: 0x20, count: (1 << 20) + 1)).contains("longer than 1048576 bytes"))
        let endless = MartletConfiguration.load(file: "/dev/zero", environment: [:], adapters: Loading.adapters)
        #expect(endless.problems.map(\.text) == ["the file cannot be read: longer than 1048576 bytes"])
    }

    @Test("a path that is not a file is reported in words", arguments: ["/", "/nowhere/martlet.yaml", "", "/dev/null"])
    func noFile(path: String) {
        let loaded = MartletConfiguration.load(file: path, environment: [:], adapters: Loading.adapters)
        #expect(loaded.configuration == nil && !loaded.problems.isEmpty)
        #expect(loaded.problems.allSatisfy { !$0.text.isEmpty })
    }

    @Test(
        "YAML that would cost or mean too much",
        arguments: [
            "a: &a [*a]", "a: &a {b: *a}", "&a ? *a\n: x", "<<: {a: 1}", "a: &x [1]\n<<: *x", "*a",
            String(repeating: "- ", count: 20_000), String(repeating: "{a: ", count: 10_000),
            String(repeating: "? ", count: 20_000), String(repeating: "a: &a\n", count: 50),
            "a: |\n" + String(repeating: " ", count: 100_000), "a: \"" + String(repeating: "\\", count: 99_999),
            String(repeating: "[]: ", count: 1_000), "%YAML 9.9\n---\na: 1", "%TAG ! x\n---\na: !y 1", "--- a\n--- b",
            "a: !!python/object:os.system x", "a: !!float x", "\t", "a:\n\t b: 1", "{", "]", "'", "\"", "|", "&", "!",
            "@", "`",
        ])
    func costly(text: String) {
        let loaded = Loading.load(text)
        #expect(loaded.configuration == nil && !loaded.problems.isEmpty)
        #expect(loaded.problems.allSatisfy { $0.place.line >= 1 && !$0.line.contains("\n") })
    }

    @Test("a bomb of maps does not go off")
    func bomb() {
        var text = "a0: &a0 {x: 1, y: 2}\n"
        for level in 1...25 { text += "a\(level): &a\(level) {x: *a\(level - 1), y: *a\(level - 1)}\n" }
        #expect(Loading.load(text).problems.map(\.text) == ["too many values"])
    }

    @Test("ten thousand unknown keys, and one of half a mebibyte, are told one by one")
    func unknownKeys() {
        let many = (0..<10_000).map { "key\($0): 1\n" }.joined()
        #expect(Loading.load(Self.good + "\n" + many).problems.count == 10_000)
        let long = "? " + String(repeating: "k", count: 1 << 19) + "\n: 1\n"
        #expect(Loading.load(Self.good + "\n" + long).problems.count == 1)
    }

    /// Every place where a value can stand, with `VALUE` in its place.
    private static let places = [
        "VALUE", "registry: VALUE", "registry-key: VALUE", "access: VALUE", "access: {allow: VALUE}",
        "access: {allow: [VALUE]}", "access: {allow: [example.org], admins: VALUE}", "http: VALUE",
        "http: {listen: VALUE}", "http: {public-url: VALUE}", "log: VALUE", "log: {level: VALUE}",
        "log: {format: VALUE}", "log: {levels: VALUE}", "log: {levels: {irc: VALUE}}", "gateways: VALUE",
        "gateways: {a.example.org: VALUE}", "gateways: {a.example.org: {server: VALUE}}",
        "gateways: {a.example.org: {secret: VALUE}}", "gateways: {a.example.org: {secret: {env: VALUE}}}",
        "gateways: {a.example.org: {secret: {file: VALUE}}}", "gateways: {a.example.org: {adapter: VALUE}}",
        "gateways: {a.example.org: {adapter: echo, echo: VALUE}}",
        "gateways: {a.example.org: {adapter: echo, echo: {greeting: VALUE}}}", "gateways: {VALUE: {}}", "VALUE: 1",
    ]

    @Test(
        "a value of the wrong kind anywhere is no crash, and a file that is not whole is never taken", arguments: places
    )
    func wrongTypes(place: String) {
        let values = [
            "[]", "{}", "[[]]", "[{}]", "{a: {b: {c: d}}}", "~", "''", "true", "-1", "1e999", "99999999999999999999",
            "\"\\0\"", "\"a\\nb\"", "\"\\u202E\"", "😀", "'@'", "'/'", "'::'", "'*'", ".", "-", "'[::1'", "'a:b:c'",
            "0x7fffffff", String(repeating: "x", count: 5_000),
        ]
        for value in values {
            let loaded = Loading.load(place.replacingOccurrences(of: "VALUE", with: value))
            #expect(loaded.configuration == nil && !loaded.problems.isEmpty, "\(place) \(value.prefix(20))")
            #expect(loaded.problems.allSatisfy { $0.place.line >= 1 && !$0.line.contains("\n") }, "\(loaded.problems)")
        }
    }

    @Test("text cut off anywhere is an error with a line, or a whole file")
    func prefixes() {
        for end in 0..<Self.good.utf8.count {
            let loaded = Loading.load(String(decoding: Array(Self.good.utf8.prefix(end)), as: UTF8.self))
            #expect((loaded.configuration == nil) == loaded.problems.contains { $0.severity == .error }, "\(end)")
        }
    }
}
