import Testing
import XMPP

@Suite("Escaping of localparts (XEP-0106)")
struct JIDEscapingTests {
    @Test(
        "escaped text is unescaped to the original text",
        arguments: [
            ("space cadet", #"space\20cadet"#),
            (#"call me "ishmael""#, #"call\20me\20\22ishmael\22"#),
            ("at&t guy", #"at\26t\20guy"#),
            ("d'artagnan", #"d\27artagnan"#),
            ("/.fanboy", #"\2f.fanboy"#),
            ("::foo::", #"\3a\3afoo\3a\3a"#),
            ("<foo>", #"\3cfoo\3e"#),
            ("user@host", #"user\40host"#),
            (#"c:\5commas"#, #"c\3a\5c5commas"#),
            (#"\3and\2is\5cool"#, #"\5c3and\2is\5c5cool"#),
            (#"\5c"#, #"\5c5c"#),
            (#"\5c5c"#, #"\5c5c5c"#),
            (#"\5c20"#, #"\5c5c20"#),
            (#"\27"#, #"\5c27"#),
            (#"c:\net"#, #"c\3a\net"#),
            (#"\2plus\2is\4"#, #"\2plus\2is\4"#),
            (#"foo\bar"#, #"foo\bar"#),
            (#"foob\41r"#, #"foob\41r"#),
            (#"end\"#, #"end\"#),
            (#"end\2"#, #"end\2"#),
            (#"\ 0"#, #"\\200"#),
            (#"\+5c"#, #"\+5c"#),
            ("#chan%irc.libera.chat", "#chan%irc.libera.chat"),
            ("", ""),
            ("Gruß 世", #"Gruß\20世"#),
        ])
    func bothWays(text: String, escaped: String) {
        #expect(JID.escape(text) == escaped)
        #expect(JID.unescape(escaped) == text)
    }

    @Test("every escape is read, but only in lower case (XEP-0106 §3.1)")
    func unescape() {
        #expect(JID.unescape(#"\20\22\26\27\2f\3a\3c\3e\40\5c"#) == #" "&'/:<>@\"#)
        #expect(JID.unescape(#"\2F\3A\5C"#) == #"\2F\3A\5C"#)
        #expect(JID.unescape(#"c\3a\5cnet"#) == #"c:\net"#)
        #expect(JID.unescape(#"\5c5c"#) == #"\5c"#)
    }

    @Test("escaping makes no \\20 at either end (XEP-0106 §4.1)")
    func spaces() {
        #expect(JID.escape("  a b ") == #"a\20b"#)
        #expect(JID.escape("  ") == "")
    }

    @Test("an escape survives preparation, which lowers the case", arguments: [#"a\2Fb"#, #"A\5Cb"#, "a/B"])
    func preparation(text: String) throws {
        let jid = try JID(local: JID.escape(text), domain: "gw.example")
        #expect(JID.unescape(jid.local ?? "") == text.lowercased())
    }

    @Test("every character can be escaped into a localpart and read back")
    func everything() throws {
        let text =
            "!" + String(String.UnicodeScalarView((UInt8(0x20)..<0x7F).map { Unicode.Scalar($0) })).lowercased() + "!"
        let jid = try JID(local: JID.escape(text), domain: "gw.example")
        #expect(JID.unescape(jid.local ?? "") == text)
    }
}
