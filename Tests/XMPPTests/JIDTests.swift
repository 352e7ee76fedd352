import Testing
import XMPP

@Suite("JIDs")
struct JIDTests {
    @Test(
        "a JID is split into its parts",
        arguments: [
            ("example.org", nil, "example.org", nil),
            ("alice@example.org", "alice", "example.org", nil),
            ("alice@example.org/Balcony", "alice", "example.org", "Balcony"),
            ("example.org/a", nil, "example.org", "a"),
            ("alice@example.org/a@b/c d", "alice", "example.org", "a@b/c d"),
            ("example.org/alice@example.com", nil, "example.org", "alice@example.com"),
            ("#chan%irc.libera.chat@irc.example.org/nick", "#chan%irc.libera.chat", "irc.example.org", "nick"),
            ("+15551234567@sms.example.org", "+15551234567", "sms.example.org", nil),
            ("a@127.0.0.1/x", "a", "127.0.0.1", "x"),
            ("a@[::1]/x", "a", "[::1]", "x"),
            ("a@[2001:db8::ff]", "a", "[2001:db8::ff]", nil),
            ("a@[::ffff:192.0.2.1]", "a", "[::ffff:192.0.2.1]", nil),
            ("[1:2:3:4:5:6:7:8]", nil, "[1:2:3:4:5:6:7:8]", nil),
            ("[1:2:3:4:5:6:192.0.2.1]", nil, "[1:2:3:4:5:6:192.0.2.1]", nil),
            ("[1:2:3:4:5:6:7::]", nil, "[1:2:3:4:5:6:7::]", nil),
            ("a@my_host", "a", "my_host", nil),
            ("a@localhost/🦊", "a", "localhost", "🦊"),
        ] as [(String, String?, String, String?)])
    func parts(text: String, local: String?, domain: String, resource: String?) throws {
        let jid = try JID(text)
        #expect(jid.local == local)
        #expect(jid.domain == domain)
        #expect(jid.resource == resource)
        #expect(jid.description == text)
        #expect(try JID(local: local, domain: domain, resource: resource) == jid)
    }

    @Test(
        "JIDs are normalised, so that equivalent ones are equal",
        arguments: [
            ("Alice@Example.ORG/Balcony", "alice@example.org/Balcony"),
            ("a@example.org.", "a@example.org"),
            ("Straße@Übung.example/ß", "strasse@übung.example/ß"),
            ("ＡＬＩＣＥ@example.org", "alice@example.org"),
            ("a@EXAMPLE。ORG", "a@example.org"),
            ("a@ｅxample.org", "a@example.org"),
            ("a\u{AD}b@example.org", "ab@example.org"),
            ("a@example.org/ﬁ", "a@example.org/fi"),
            ("a@example.org/e\u{301}", "a@example.org/é"),
            ("Ω@example.org", "ω@example.org"),
            ("a@example.org/A\u{A0}B", "a@example.org/A B"),
            ("A@[2001:DB8::1]", "a@[2001:db8::1]"),
        ])
    func normalisation(text: String, expected: String) throws {
        let jid = try JID(text)
        #expect(Array(jid.description.utf8) == Array(expected.utf8))
        #expect(try JID(expected) == jid)
        #expect(try Set([JID(expected), jid]).count == 1)
    }

    static let longLabel = String(repeating: "a", count: 64)
    static let tooLong = String(repeating: "a", count: 1024)

    @Test(
        "a text that is no JID is refused with the reason",
        arguments: [
            ("", .empty(.domain)), ("@example.org", .empty(.local)), ("a@", .empty(.domain)),
            ("a@/x", .empty(.domain)), ("example.org/", .empty(.resource)), ("/x", .empty(.domain)),
            ("a@example.org/", .empty(.resource)), (".", .empty(.domain)),
            ("a b@example.org", .forbiddenCharacter(.local)), ("a\"b@example.org", .forbiddenCharacter(.local)),
            ("a&b@example.org", .forbiddenCharacter(.local)), ("a'b@example.org", .forbiddenCharacter(.local)),
            ("a:b@example.org", .forbiddenCharacter(.local)), ("a<b@example.org", .forbiddenCharacter(.local)),
            ("a>b@example.org", .forbiddenCharacter(.local)), ("a\u{7F}b@example.org", .forbiddenCharacter(.local)),
            ("a\u{0}b@example.org", .forbiddenCharacter(.local)), ("a＠b@example.org", .forbiddenCharacter(.local)),
            ("a\u{A0}b@example.org", .forbiddenCharacter(.local)),
            ("\u{E000}@example.org", .forbiddenCharacter(.local)),
            ("a\u{2028}@example.org", .forbiddenCharacter(.local)),
            ("اa@example.org", .forbiddenCharacter(.local)),
            ("\u{AD}@example.org", .empty(.local)),
            ("a@example.org/\u{7}", .forbiddenCharacter(.resource)),
            ("a@example.org/\u{0}x", .forbiddenCharacter(.resource)),
            ("a@example.org/\u{E001}", .forbiddenCharacter(.resource)),
            ("a@b@example.org", .malformedDomain), ("a@exa mple.org", .malformedDomain),
            ("a@example..org", .malformedDomain), ("a@.example.org", .malformedDomain),
            ("a@example.org..", .malformedDomain), ("a@-example.org", .malformedDomain),
            ("a@example-.org", .malformedDomain), ("a@ex#ample.org", .malformedDomain),
            ("a@\(longLabel).org", .malformedDomain), ("a@[::1", .malformedDomain), ("a@[1::2::3]", .malformedDomain),
            ("a@[12345::]", .malformedDomain), ("a@[1:2:3]", .malformedDomain), ("a@[::1.2.3.256]", .malformedDomain),
            ("a@[1:2:3:4:5:6:7]", .malformedDomain), ("a@[1:2:3:4:5:6:7:8::]", .malformedDomain),
            ("a@[1:2:3:4:5:6:7:192.0.2.1]", .malformedDomain),
            ("a@[]", .malformedDomain), ("a@[::g]", .malformedDomain), ("a@[::+1]", .malformedDomain),
            ("a@[1:2:3:4:5:6:7:8:9]", .malformedDomain),
            ("a@exam\u{1}ple", .forbiddenCharacter(.domain)), ("a@ex\u{A0}ample", .malformedDomain),
            ("\(tooLong)@example.org", .tooLong(.local)), ("a@example.org/\(tooLong)", .tooLong(.resource)),
            ("\(tooLong).org", .tooLong(.domain)),
        ] as [(String, JIDError)])
    func refused(text: String, expected: JIDError) {
        #expect(throws: expected) { try JID(text) }
        #expect(!expected.description.isEmpty)
    }

    @Test("a part may have 1023 bytes, also after preparation")
    func longest() throws {
        let part = String(repeating: "a", count: 1023)
        let domain = Array(repeating: String(repeating: "b", count: 63), count: 15).joined(separator: ".")
        let jid = try JID("\(part)@\(domain)/\(part)")
        #expect(jid.description.utf8.count == 1023 + 1 + 959 + 1 + 1023)
        #expect(throws: JIDError.tooLong(.local)) {
            // Preparation makes four characters of each.
            try JID(local: String(repeating: "㍿", count: 341), domain: "example.org")
        }
    }

    @Test("bare and full JIDs")
    func resources() throws {
        let bare = try JID("a@b")
        let full = try bare.with(resource: "c")
        #expect(full.description == "a@b/c")
        #expect(full.bare == bare)
        #expect(bare.bare == bare)
        #expect(bare.isBare && !full.isBare)
        #expect(try full.with(resource: nil) == bare)
        #expect(throws: JIDError.empty(.resource)) { try bare.with(resource: "") }
        #expect(throws: JIDError.forbiddenCharacter(.resource)) { try bare.with(resource: "\u{1}") }
    }

    @Test("the quick path for plain JIDs and the slow path read the same", arguments: 0..<128 as Range<UInt8>)
    func shortWay(byte: UInt8) throws {
        let character = String(Unicode.Scalar(byte))
        for (local, domain, resource) in [
            ("a\(character)b", "example.org", "x"), ("a", "ex\(character)ample.org", "x"), ("a", "x.org", character),
        ] where byte != 0x2F && byte != 0x40 {
            let text = "\(local)@\(domain)/\(resource)"
            #expect((try? JID(text)) == (try? JID(local: local, domain: domain, resource: resource)))
        }
    }
}
