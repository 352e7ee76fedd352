import Testing

@testable import IRCAdapter

@Suite("Masks for people")
struct HostMaskTests {
    @Test(
        "A mask fits a person by nick, user name and host",
        arguments: [
            ("alibk!*@*", true), ("ALI*!*@*", true), ("*!*@host.example", true), ("*!*ali@*.example", true),
            ("a?i?k!~ali@h*t*le", true), ("*!*@*", true), ("alib!*@*", false), ("*!ali@*", false),
            ("*!*@host", false), ("*!*@*.org", false), ("?!*@*", false), ("!*@*", false),
        ])
    func fits(mask: String, expected: Bool) throws {
        let mask = try #require(HostMask(mask))
        #expect(mask.matches(nick: "alibk", user: "~ali", host: "host.example", .rfc1459) == expected)
    }

    @Test("A part that is not known fits")
    func unknown() throws {
        let mask = try #require(HostMask("*!x@y"))
        #expect(mask.matches(nick: "anna", user: nil, host: nil, .ascii))
        #expect(!mask.matches(nick: "anna", user: "x", host: "z", .ascii))
    }

    @Test("Other bans are no masks", arguments: ["", "anna", "anna@host", "$a:anna!x@y", "~q:anna!*@*", "@!"])
    func none(text: String) { #expect(HostMask(text) == nil) }

    @Test("A mask with many stars takes no time")
    func stars() throws {
        let mask = try #require(HostMask(String(repeating: "*a", count: 90) + "!*@*"))
        #expect(!mask.matches(nick: String(repeating: "a", count: 89), user: "u", host: "h", .ascii))
    }
}
