import Basics
import GatewayKit
import Testing

@testable import IRCAdapter

@Suite("Encodings of single channels")
struct ChannelEncodingsTests {
    private static let network = NetworkID("net")

    private func encodings(_ settings: [String: String], for name: String = "#tea") -> ChannelEncodings {
        ChannelEncodings([RoomAddress(network: Self.network, name: name): settings])
    }

    private func incoming(_ line: String, _ encodings: ChannelEncodings) -> String? {
        var line = line
        return line.withUTF8 { encodings.incoming(UnsafeRawBufferPointer($0))?.name }
    }

    @Test(
        "the channel of a line is found among its parameters, and not in its text",
        arguments: [
            (":a!u@h PRIVMSG #tea :hi", true), (":a!u@h PRIVMSG #TEA hi", true), (":s 332 me #Tea :topic", true),
            (":a!u@h KICK #tea bob :x", true), (":a!u@h PRIVMSG #other :#tea", false), (":a!u@h PRIVMSG me :hi", false),
            (":#tea PRIVMSG me :hi", false), ("PRIVMSG #tea2 :hi", false), ("", false),
        ])
    func channel(line: String, isFound: Bool) {
        let found = incoming(line, encodings(["encoding_in": "koi8-r"]))
        #expect((found == "koi8-r") == isFound)
    }

    @Test("without a choice nothing is found, and an empty choice ends one")
    func none() {
        #expect(ChannelEncodings([:]).isEmpty)
        var chosen = encodings(["encoding_in": "koi8-r"])
        #expect(!chosen.isEmpty)
        chosen.set([:], for: RoomAddress(network: Self.network, name: "#tea"))
        #expect(chosen.isEmpty && incoming(":a PRIVMSG #tea :x", chosen) == nil)
    }

    @Test("the encoding of our lines goes by their first parameter, and UTF-8 is a choice, too")
    func outgoing() throws {
        let tea = try #require(MiddleParameter("#Tea"))
        let line = OutboundLine(.privmsg, tea, trailing: TrailingParameter("hi"))
        let koi = try #require(TextEncoding("koi8-r"))
        #expect(encodings(["encoding_out": "koi8-r"]).outgoing(line) == .other(koi))
        #expect(encodings(["encoding_out": "UTF-8"]).outgoing(line) == .utf8)
        #expect(encodings(["encoding_in": "koi8-r"]).outgoing(line) == nil)
        #expect(encodings(["encoding_out": "koi8-r"], for: "#other").outgoing(line) == nil)
        #expect(encodings(["encoding_out": "koi8-r"]).outgoing(OutboundLine(.list)) == nil)
    }

    @Test("a filled-in form is checked")
    func form() throws {
        let rules = try #require(TestNode.map([("networks", ["net": ["address": "a.b"]])]).read().settings).rules
        #expect(
            try rules.check(room: ["encoding_in": " KOI8-R ", "encoding_out": "utf-8"])
                == ["encoding_in": "koi8-r", "encoding_out": "utf-8"])
        #expect(try rules.check(room: ["encoding_in": " "]) == [:])
        for values in [["encoding_in": "nonsense"], ["encoding_out": "utf-16"], ["other": "x"]] {
            #expect(throws: Failure.self) { try rules.check(room: values) }
        }
        #expect(rules.description.roomForm.map(\.name) == ["encoding_in", "encoding_out"])
    }
}

extension IRCSettings {
    fileprivate var rules: IRCRules { IRCRules(self) }
}
