import GatewayTesting
import Testing

@testable import IRCAdapter

struct OutboundLineTests {
    @Test("A middle parameter holds no character that could end it")
    func middles() throws {
        for good in ["a", "#c", "é", "a:b", "[]\\`", String(repeating: "x", count: 200)] {
            #expect(MiddleParameter(good)?.text == good)
        }
        let bad = [
            "", " ", "a b", ":a", "a,b", "a\r", "a\n", "a\0", "a\r\n", "\t", "\u{7F}",
            String(repeating: "x", count: 201),
        ]
        for text in bad { #expect(MiddleParameter(text) == nil, "\(text)") }
    }

    @Test("Whatever a user writes, it makes exactly one line", arguments: HostileText.all)
    func injection(_ text: String) throws {
        let line = OutboundLine(.privmsg, .star, trailing: TrailingParameter("x" + text))
        #expect(!line.text.utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 })
        let message = try IRCMessage(line.text)
        #expect(message.command == .verb("PRIVMSG"))
        #expect(message.parameters.count == 2)
        if let middle = MiddleParameter(text) {
            let parameters = try IRCMessage(OutboundLine(.join, middle, trailing: TrailingParameter("end")).text)
                .parameters
            #expect(parameters == [text, "end"])
        }
    }

    @Test("A line that was written is read back with the same parts")
    func roundTrip() throws {
        let channel = try #require(MiddleParameter("#swift"))
        let line = OutboundLine(.kick, channel, .star, trailing: TrailingParameter(": out  of here"))
        #expect(line.text == "KICK #swift * :: out  of here")
        #expect(
            try IRCMessage(line.text)
                == IRCMessage(command: .verb("KICK"), parameters: ["#swift", "*", ": out  of here"]))
        #expect(OutboundLine(.topic, channel, trailing: TrailingParameter("")).text == "TOPIC #swift :")
        #expect(OutboundLine(.cap, .end).text == "CAP END")
        let labelled = line.labelled(Label(number: 12))
        #expect(try IRCMessage(labelled.text).tags["label"] == "12")
        #expect(try IRCMessage(labelled.text).parameters.count == 3)
    }

    @Test("A line is never longer than 510 bytes and never ends within a character")
    func length() throws {
        let line = OutboundLine(.privmsg, .star, trailing: TrailingParameter(String(repeating: "é🙂", count: 300)))
        #expect(line.text.utf8.count <= 510)
        #expect(line.text.utf8.count > 504)
        #expect(!line.text.unicodeScalars.contains("\u{FFFD}"))
        #expect(OutboundLine.room(.privmsg, .star) == 510 - "PRIVMSG * :".utf8.count)
    }

    @Test("A line of parameters is never cut")
    func parameters() throws {
        let long = try #require(MiddleParameter(String(repeating: "x", count: 200)))
        #expect(OutboundLine(.mode, parameters: [long, long])?.text.utf8.count == 406)
        #expect(OutboundLine(.mode, parameters: [long, long, long]) == nil)
    }

    @Test("Text is cut between scalars")
    func clipping() {
        #expect("grün".clipped(toBytes: 3) == "gr")
        #expect("grün".clipped(toBytes: 4) == "grü")
        #expect("🙂".clipped(toBytes: 3) == "")
        #expect("ab".clipped(toBytes: 0) == "")
        #expect("ab".clipped(toBytes: 9) == "ab")
    }
}
