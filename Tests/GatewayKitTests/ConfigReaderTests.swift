import Basics
import GatewayKit
import Testing

@Suite struct ConfigReaderTests {
    private enum Mode: String, CaseIterable { case off, required }

    private let problems = ConfigProblems()

    /// A map whose n-th key stands on line n, and whose values begin in column 20.
    private func reader(_ pairs: KeyValuePairs<String, ConfigNode.Value>) -> ConfigReader {
        let entries = pairs.enumerated().map { index, pair in
            ConfigNode.Entry(
                key: pair.key, keyPlace: ConfigPlace(file: "f", line: index + 1, column: 1),
                value: ConfigNode(pair.value, at: ConfigPlace(file: "f", line: index + 1, column: 20)))
        }
        let secrets = SecretSources(
            environment: { ["SET": "from env", "EMPTY": ""][$0] },
            file: { path throws in
                guard path != "/missing" else { throw Missing() }
                return path == "/blank" ? " \n" : "\n from file\n"
            })
        return ConfigReader(
            ConfigNode(.map(entries), at: ConfigPlace(file: "f", line: 1, column: 1)), path: "top",
            problems: problems, secrets: secrets)
    }

    private struct Missing: Error, CustomStringConvertible { let description = "no such file" }

    private func map(_ key: String, _ value: String) -> ConfigNode.Value {
        let place = ConfigPlace(file: "f", line: 9, column: 9)
        return .map([ConfigNode.Entry(key: key, keyPlace: place, value: ConfigNode(.scalar(value), at: place))])
    }

    private var said: [String] { problems.all.map { "\($0.place.line):\($0.place.column) \($0.key) \($0.text)" } }

    @Test("Each function reads its kind of value")
    func kinds() {
        let reader = reader([
            "s": .scalar("text"), "i": .scalar("42"), "n": .scalar("0.5"), "b": .scalar("true"), "c": .scalar("off"),
            "l": .list([ConfigNode(.scalar("x"), at: ConfigPlace(file: "f", line: 6, column: 1))]), "m": map("k", "v"),
            "null": .null, "f": .scalar("false"),
        ])
        #expect(reader.string("s") == "text")
        #expect(reader.integer("i", in: 1...42) == 42)
        #expect(reader.number("n", in: 0...1) == 0.5)
        #expect(reader.boolean("b") == true)
        #expect(reader.choice("c", of: Mode.self) == .off)
        #expect(reader.boolean("f") == false)
        #expect(reader.strings("l") == ["x"])
        #expect(reader.map("m")?.path == "top.m")
        #expect(reader.map("m")?.requiredString("k") == "v")
        #expect(reader.string("null") == nil)
        #expect(reader.string("absent") == nil)
        #expect(reader.has("null") && !reader.has("absent"))
        reader.finish()
        #expect(said == [])
        #expect(!problems.hasErrors)
    }

    @Test("A wrong value is reported at its place, with the path of its key")
    func wrong() {
        let reader = reader([
            "i": .scalar("43"), "j": .scalar("4x"), "n": .scalar("nan"), "b": .scalar("yes"), "c": .scalar("on"),
            "l": .scalar("x"), "s": .list([]), "m": .scalar("x"),
        ])
        #expect(reader.integer("i", in: 1...42) == nil)
        #expect(reader.integer("j", in: 1...42) == nil)
        #expect(reader.number("n", in: 0...1) == nil)
        #expect(reader.boolean("b") == nil)
        #expect(reader.choice("c", of: Mode.self) == nil)
        #expect(reader.strings("l") == [])
        #expect(reader.string("s") == nil)
        #expect(reader.map("m")?.allEntries.isEmpty == true)
        #expect(reader.requiredString("r") == nil)
        #expect(
            said == [
                "1:20 top.i '43' is not a whole number from 1 to 42",
                "2:20 top.j '4x' is not a whole number from 1 to 42",
                "3:20 top.n 'nan' is not a number from 0.0 to 1.0",
                "4:20 top.b 'yes' is neither true nor false",
                "5:20 top.c 'on' is not one of 'off', 'required'",
                "6:20 top.l a list is expected here, such as [a, b]",
                "7:20 top.s a single value is expected here, not a list or map",
                "8:20 top.m a map of keys is expected here",
                "1:1 top.r required, but missing",
            ])
        #expect(problems.hasErrors)
    }

    @Test("Unknown keys are reported with the nearest known key, or with all known keys")
    func unknown() {
        let reader = reader(["adress": .scalar("x"), "zebra": .null, "port": .scalar("1")])
        _ = reader.string("address")
        _ = reader.string("port")
        reader.finish()
        #expect(
            said == [
                "1:1 top.adress unknown key; did you mean 'address'?",
                "2:1 top.zebra unknown key; known here: address, port",
            ])
    }

    @Test(
        "A key is near if two letters are missing, too many or wrong, wherever they stand; not if three are",
        arguments: [
            ("dress", true), ("addre", true), ("myaddress", true), ("addressed", true), ("odd-ess", true),
            ("ress", false), ("addr", false), ("addresses?", false), ("odd-eSs", false),
        ])
    func near(key: String, isNear: Bool) {
        let reader = self.reader([key: .scalar("x")])
        _ = reader.string("address")
        reader.finish()
        #expect(said == ["1:1 top.\(key) unknown key; " + (isNear ? "did you mean 'address'?" : "known here: address")])
    }

    @Test("An item of a list that is no single value is reported where it stands, and the others are read")
    func items() {
        func item(_ value: ConfigNode.Value, _ line: Int) -> ConfigNode {
            ConfigNode(value, at: ConfigPlace(file: "f", line: line, column: 3))
        }
        let reader = reader(["l": .list([item(.scalar("x"), 2), item(.list([]), 3), item(.scalar("y"), 4)])])
        #expect(reader.strings("l") == ["x", "y"])
        #expect(said == ["3:3 top.l a single value is expected here"])
    }

    @Test("In a map whose keys the operator chooses, all keys are known")
    func chosen() {
        let reader = reader(["libera": map("tls", "off"), "office": .null])
        let paths = reader.allEntries.map { reader.reader(for: $0).path }
        reader.finish()
        #expect(paths == ["top.libera", "top.office"])
        #expect(said == [])
    }

    @Test("A secret comes from the environment or a file, without the space around it; a literal gives a warning")
    func secrets() {
        let reader = reader(["e": map("env", "SET"), "f": map("file", "/secret"), "l": .scalar("literal")])
        #expect(reader.secret("e")?.reveal() == "from env")
        #expect(reader.secret("f")?.reveal() == "from file")
        #expect(reader.secret("l")?.reveal() == "literal")
        #expect(reader.secret("absent") == nil)
        reader.finish()
        #expect(problems.all.map(\.severity) == [.warning])
        #expect(problems.all.map(\.key) == ["top.l"])
        #expect(!problems.hasErrors)
    }

    @Test(
        "A secret that cannot be read is reported at its key",
        arguments: [
            ("env", "UNSET", "the environment variable UNSET is not set; set it or use {file: PATH}"),
            ("env", "EMPTY", "the environment variable EMPTY is not set; set it or use {file: PATH}"),
            ("file", "/missing", "cannot read the file /missing: no such file"),
            ("file", "/blank", "the file /blank is empty"),
        ])
    func missingSecret(source: String, name: String, words: String) {
        #expect(reader(["s": map(source, name)]).secret("s") == nil)
        #expect(said == ["1:20 top.s \(words)"])
    }

    @Test("A secret with an unknown source, a list or no value gives an error that shows the right form")
    func oddSecrets() {
        #expect(reader(["s": map("environ", "SET")]).secret("s") == nil)
        #expect(reader(["s": .list([])]).secret("s") == nil)
        #expect(
            said == [
                "1:20 top.s give exactly one of env and file",
                "9:9 top.s.environ unknown key; known here: env, file",
                "1:20 top.s a secret is expected here: {env: NAME} or {file: PATH}",
            ])
    }
}
