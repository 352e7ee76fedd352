import Testing

@testable import IRCAdapter

struct VerbTests {
    private static let names = [
        "A", "PING", "PRIVMSG", "PRIVMSGS", "PRIVMSGSX", "AUTHENTICATE", "CHATHISTORY", "CHATHISTORYX",
        String(repeating: "A", count: 23), String(repeating: "A", count: 24), String(repeating: "Z", count: 600),
    ]

    @Test("A verb of any length equals itself and no other verb", arguments: names)
    func identity(_ name: String) throws {
        let verb = try #require(read(name))
        #expect(verb.description == name)
        #expect(verb.length == name.utf8.count)
        #expect(read(name.lowercased()) == verb)
        #expect(VerbTests.names.filter { read($0) == verb } == [name])
        #expect(VerbTests.names.filter { read($0).hashValue == read(name).hashValue } == [name])
    }

    @Test(
        "A name with other characters than letters is no verb",
        arguments: ["", "A1", "PRIV-MSG", "PRIVMSG\0", "é", "LONGENOUGH1"])
    func noVerb(_ name: String) { #expect(read(name) == nil) }

    @Test("A long verb is written into lines whole")
    func written() {
        let verb: Verb = "AUTHENTICATE"
        #expect(OutboundLine(verb, .star).text == "AUTHENTICATE *")
        #expect(OutboundLine.room(verb, .star) == 510 - "AUTHENTICATE * :".utf8.count)
    }

    @Test("A literal that is no verb equals no verb")
    func invalidLiteral() {
        let verb: Verb = "TWO WORDS"
        #expect(!verb.isValid && verb.description.isEmpty)
        #expect(Verb.ping.isValid)
    }

    private func read(_ name: String) -> Verb? {
        var name = name
        return name.withUTF8 { Verb(UnsafeRawBufferPointer($0)) }
    }
}
