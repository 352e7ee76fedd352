import GatewayTesting
import Testing

@testable import IRCAdapter

struct IRCMessageTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        let line: String
        let message: IRCMessage
        var testDescription: String { line }

        init(_ line: String, _ message: IRCMessage) {
            self.line = line
            self.message = message
        }
    }

    private static let anna = Source(name: "anna", user: "a", host: "host")

    static let samples: [Sample] = [
        Sample("PING", IRCMessage(command: .verb("PING"))),
        Sample("ping :x y", IRCMessage(command: .verb("PING"), parameters: ["x y"])),
        Sample("PING x", IRCMessage(command: .verb("PING"), parameters: ["x"])),
        Sample("PING :", IRCMessage(command: .verb("PING"), parameters: [""])),
        Sample(
            ":anna!a@host PRIVMSG #c :hello there",
            IRCMessage(source: anna, command: .verb("PRIVMSG"), parameters: ["#c", "hello there"])),
        Sample(
            ":anna!a@host PRIVMSG #c hello",
            IRCMessage(source: anna, command: .verb("PRIVMSG"), parameters: ["#c", "hello"])),
        Sample(
            "  :anna!a@host   PRIVMSG   #c   ::) ",
            IRCMessage(source: anna, command: .verb("PRIVMSG"), parameters: ["#c", ":) "])),
        Sample(
            ":irc.test 001 me :Welcome",
            IRCMessage(source: Source(name: "irc.test"), command: .numeric(1), parameters: ["me", "Welcome"])),
        Sample("433 * nick", IRCMessage(command: .numeric(433), parameters: ["*", "nick"])),
        Sample(
            ":anna@host QUIT",
            IRCMessage(source: Source(name: "anna", host: "host"), command: .verb("QUIT"))),
        Sample(
            ":a!b!c@d@e QUIT",
            IRCMessage(source: Source(name: "a", user: "b!c", host: "d@e"), command: .verb("QUIT"))),
        Sample(
            "@a=1;b;+c/d=x\\:y :s CAP * LS :x ",
            IRCMessage(
                tags: MessageTags("a=1;b;+c/d=x\\:y"), source: Source(name: "s"), command: .verb("CAP"),
                parameters: ["*", "LS", "x "])),
        Sample("@ PING", IRCMessage(command: .verb("PING"))),
        Sample("@;;=x; PING", IRCMessage(tags: MessageTags(";;=x;"), command: .verb("PING"))),
        Sample(
            "JOIN " + (1...20).map(String.init).joined(separator: " "),
            IRCMessage(command: .verb("JOIN"), parameters: (1...20).map(String.init))),
    ]

    @Test("A line is read, also if it is not quite correct", arguments: samples)
    func reads(_ sample: Sample) throws { #expect(try IRCMessage(sample.line) == sample.message) }

    @Test("A line without a command, or with a malformed one, is refused")
    func refuses() {
        for line in ["", " ", "@a=b", ":source", "@a :b ", ":"] {
            #expect(throws: WireError.noCommand) { try IRCMessage(line) }
        }
        for line in ["PRIV-MSG x", "1234", "00a", "01", "é", "\u{1}", "PING\u{0}", ":a 12x"] {
            #expect(throws: WireError.malformedCommand) { try IRCMessage(line) }
        }
    }

    @Test("Every prefix of every sample is read or refused")
    func prefixes() {
        for sample in IRCMessageTests.samples {
            let bytes = Array(sample.line.utf8)
            for count in 0...bytes.count {
                bytes[..<count].withUnsafeBytes { _ = try? IRCMessage(bytes: $0) }
            }
        }
    }

    @Test("Random bytes are read or refused, whole and in pieces")
    func randomBytes() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let alphabet = Array("@:;=\\ !\r\n\u{1}aA1é#".utf8) + [0, 0x80, 0xC3, 0xE2, 0xF0, 0xFF]
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            var framing = LineFraming(limit: 40)
            bytes.withUnsafeBytes { framing.push($0) { _ = try? IRCMessage(bytes: $0) } }
        }
    }

    @Test("A numeric is written with three digits")
    func numericDescription() {
        #expect(IRCCommand.numeric(1).description == "001")
        #expect(IRCCommand.numeric(433).description == "433")
        #expect(IRCCommand.verb("PING").description == "PING")
    }
}
