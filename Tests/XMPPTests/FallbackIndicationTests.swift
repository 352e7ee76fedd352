import Testing
import XML
import XMPP

@Suite("Fallback indications (XEP-0428)")
struct FallbackIndicationTests {
    private static let namespace = "xmlns='urn:xmpp:fallback:0'"
    private static let reply = "urn:xmpp:reply:0"

    @Test("fallbacks are written and read with all parts, some, and none")
    func codec() throws {
        let namespace = Self.namespace
        try expectBothWays(FallbackIndication(for: nil), "<fallback \(namespace)/>")
        try expectBothWays(FallbackIndication(for: Self.reply), "<fallback \(namespace) for='\(Self.reply)'/>")
        try expectBothWays(
            FallbackIndication(for: Self.reply, [.init(.body, start: 0, end: 33), .init(.body), .init(.subject)]),
            "<fallback \(namespace) for='\(Self.reply)'><body start='0' end='33'/><body/><subject/></fallback>")
        try expectRefused(FallbackIndication.self, "<fallback \(namespace)><body start='-1' end='3'/></fallback>")
        try expectRefused(FallbackIndication.self, "<fallback \(namespace)><body start='x'/></fallback>")
    }

    private func text(_ body: String, _ fallback: String) throws -> String? {
        let xml = "<message><body>\(body)</body>\(fallback.replacing("%", with: Self.namespace))</message>"
        return try Message(read(xml)).body(withoutFallbacksFor: [Self.reply, "urn:other"])
    }

    private static let own = "for='urn:xmpp:reply:0'"

    @Test(
        "parts for an extension that is understood are left out, and all others stay",
        arguments: [
            ("> Hi\nGreat", "<fallback % \(own)><body start='0' end='5'/></fallback>", "Great"),
            ("Great\n> Hi", "<fallback % \(own)><body start='5'/></fallback>", "Great"),
            ("> Hi\nGreat", "<fallback % \(own)><body end='5'/></fallback>", "Great"),
            // Code points are counted, not bytes, UTF-16 units or letters (XEP-0426).
            (
                "\u{1F469}\u{200D}\u{1F373}e\u{301}!", "<fallback % \(own)><body start='0' end='3'/></fallback>",
                "e\u{301}!"
            ),
            ("abcdef", "<fallback % \(own)><body start='0' end='2'/><body start='4' end='6'/></fallback>", "cd"),
            ("abcdef", "<fallback % \(own)><body start='0' end='4'/><body start='2' end='5'/></fallback>", "f"),
            (
                "abcdef",
                "<fallback % \(own)><body end='2'/></fallback><fallback % for='urn:other'><body start='4'/></fallback>",
                "cd"
            ),
            ("all", "<fallback % \(own)/>", nil), ("all", "<fallback % \(own)><body/></fallback>", nil),
            ("all", "<fallback % \(own)><body start='0' end='3'/></fallback>", nil),
            ("kept", "<fallback % \(own)><subject/></fallback>", "kept"), ("kept", "<fallback %/>", "kept"),
            ("kept", "<fallback % for='urn:unknown'><body/></fallback>", "kept"),
            ("kept", "<fallback % \(own)><body start='0' end='5'/></fallback>", "kept"),
            ("kept", "<fallback % \(own)><body start='3' end='1'/></fallback>", "kept"),
            ("kept", "<fallback % \(own)><body start='-1' end='2'/></fallback>", "kept"),
            ("kept", "<fallback xmlns='urn:else' \(own)/>", "kept"), ("kept", "", "kept"),
        ])
    func texts(body: String, fallback: String, expected: String?) throws {
        let text = try text(body, fallback)
        #expect(text.map { Array($0.unicodeScalars) } == expected.map { Array($0.unicodeScalars) })
    }

    @Test("hints are found by their namespace (XEP-0334)")
    func hints() throws {
        for hint in ProcessingHint.allCases {
            let message = try Message(
                read("<message><body>x</body><\(hint.rawValue) xmlns='urn:xmpp:hints'/></message>"))
            #expect(ProcessingHint.allCases.filter { message.has($0) } == [hint])
            let other = try Message(read("<message><body>x</body><\(hint.rawValue) xmlns='urn:else'/></message>"))
            #expect(!other.has(hint))
        }
    }

    @Test(
        "of several bodies, the one without a language is the text, then the one in the stanza's language, then the first",
        arguments: [
            ("<body xml:lang='en'>Hi</body><body>Hej</body>", "xml:lang='en'", "Hej"),
            ("<body xml:lang='en'>Hi</body><body xml:lang='de'>Moin</body>", "xml:lang='DE'", "Moin"),
            ("<body xml:lang='en'>Hi</body><body xml:lang='de'>Moin</body>", "xml:lang='fr'", "Hi"),
            ("<body xml:lang='en'>Hi</body><body xml:lang='de'>Moin</body>", "", "Hi"),
        ])
    func languages(bodies: String, attribute: String, expected: String) throws {
        #expect(try Message(read("<message \(attribute)>\(bodies)</message>")).body == expected)
    }

    @Test("an error keeps the language of its stanza, and has its own for the words")
    func errorLanguage() throws {
        let message = try Message(read("<message id='m' from='a@b' to='c@d' xml:lang='de'><body>x</body></message>"))
        let error = message.error(StanzaError(.serviceUnavailable, "No."))
        #expect(
            error.head.lang == "de" && error.element.xml(defaultNamespace: "jabber:client").contains("xml:lang='en'"))
        let iq = try IQ(read("<iq type='get' id='m' from='a@b' to='c@d' xml:lang='de'><q xmlns='q'/></iq>"))
        #expect(iq.error(StanzaError(.serviceUnavailable)).head.lang == "de" && iq.result().head.lang == nil)
    }
}
