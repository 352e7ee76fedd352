import Testing
import XML

@Suite("Namespaces of stanzas")
struct NamespaceTests {
    private static let xml = "http://www.w3.org/XML/1998/namespace"

    /// Feeds a stanza twice, whole and byte by byte: a namespace that has been read once is read another way the
    /// second time.
    private func events(_ stanza: String) -> [StreamEvent] {
        let body = "<before/>" + stanza + stanza + "<after/></stream:stream>"
        let whole = Stream.feed(body)
        #expect(whole.error == nil)
        #expect(Stream.feed(body, chunk: 1) == whole)
        #expect(whole.events.count == 6 && whole.events.last == .closed)
        #expect(whole.elements.first == Stream.stanza("before") && whole.elements.last == Stream.stanza("after"))
        let twice = Array(whole.events.dropFirst(2).prefix(2))
        #expect(twice.first == twice.last)
        return twice
    }

    static let names: [(String, String)] = [
        ("%", "%"), ("a b", "a b"), ("  a ", "  a "), ("http://[x", "http://[x"), ("\"", "\""), ("&apos;", "'"),
        ("a\tb", "a b"), ("a\nb", "a b"), ("a&#9;b&#13;c", "a\tb\rc"), ("é🦊", "é🦊"), ("rel", "rel"), ("&lt;", "<"),
        ("&amp;", "&"), ("&amp;lt;", "&lt;"), ("a&amp;b", "a&b"), ("]]>", "]]>"), ("\u{85}\u{7F}", "\u{85}\u{7F}"),
        ("urn:x", "urn:x"), ("", ""),
    ]

    @Test("any text is good for a name, as it is for expat", arguments: names)
    func anyName(written: String, name: String) {
        let plain = Stream.stanza("m", [], [.element(Element("a", namespace: name))])
        #expect(events("<m><a xmlns='\(written)'/></m>").first == .element(plain))
        guard !name.isEmpty else { return }
        let prefixed = Element("a", namespace: name, attributes: [Attribute("b", "1", namespace: name)])
        #expect(
            events("<m><p:a xmlns:p='\(written)' p:b='1'/></m>").first
                == .element(Stream.stanza("m", [], [.element(prefixed)])))
    }

    @Test("a name with a reference is not mistaken for one that is written like it")
    func references() {
        let stanzas = ["a&amp;amp;b", "a&amp;b"].map { "<m><a xmlns='\($0)'/></m>" }
        let outcome = Stream.feed(stanzas.joined() + stanzas.joined() + "<m from='x@y'><a xmlns='a&b'/></m>")
        #expect(outcome.elements.map { $0.elements.first?.namespace } == ["a&amp;b", "a&b", "a&amp;b", "a&b"])
        #expect(outcome.error == .notWellFormed)
    }

    @Test("an element in the namespace of the prefix xml is read")
    func xmlElement() {
        let inner = Element("b", namespace: Stream.stanza("").namespace)
        let element = Element(
            "a", namespace: Self.xml, attributes: [Attribute("c", "1", namespace: Self.xml)],
            children: [.element(inner)])
        let expected = StreamEvent.element(Stream.stanza("m", [], [.element(element)]))
        #expect(events("<m><xml:a xml:c='1'><b/></xml:a></m>").first == expected)
        #expect(events("<m xmlns:xml='\(Self.xml)'><xml:a xml:c='1'><b/></xml:a></m>").first == expected)
    }

    @Test(
        "attributes of xml are read whatever they say",
        arguments: [("lang", "!!"), ("space", "foo"), ("id", "1 2"), ("base", "%"), ("other", "")])
    func xmlAttributes(name: String, value: String) {
        let expected = Stream.stanza("m", [Attribute(name, value, namespace: Self.xml)])
        #expect(events("<m xml:\(name)='\(value)'/>").first == .element(expected))
    }

    @Test(
        "a breach costs the stanza, which is passed over, and nothing else",
        arguments: [
            "<a xmlns='\(xml)'/>", "<a xmlns:p='\(xml)'/>", "<a xmlns:p='\(xml)' p:foo='1'/>",
            "<a xmlns:xml='urn:other'/>",
            "<a xmlns='http://www.w3.org/2000/xmlns/'/>", "<a xmlns:xmlns='u'/>", "<a xmlns:p=''/>", "<p:a/>",
            "<a p:b='1'/>", "<p:a>text<p:b>more</p:b></p:a>", "<xmlns:a/>", "<a:b:c/>", "<:a/>", "<a:/>", "<a b:='1'/>",
            "<a :b='1'/>", "<a xmlns:='u'/>", "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
            "<a xmlns='a&#10;b'/>", "<a xmlns:p='&#10;' p:b='1'/>", "<p:a xmlns:p='a&#xA;'/>",
        ])
    func breaches(markup: String) {
        let stanza = "<message from='a@b/c' id='7' other='1'>text\(markup)<body>&lt;</body></message>"
        let start = Stream.stanza("message", [Attribute("from", "a@b/c"), Attribute("id", "7")])
        #expect(events(stanza).first == .skipped(start, .badNamespaces))
    }

    @Test("a breach in the start tag of the stanza is one, too")
    func startTag() {
        #expect(
            events("<message xmlns:p='' q:x='1' id='7'><body/></message>").first
                == .skipped(Stream.stanza("message", [Attribute("id", "7")]), .badNamespaces))
        // Without its prefix the element has no known namespace, so it is not a stanza.
        #expect(
            events("<x:message id='7'/>").first
                == .skipped(Element("message", namespace: "", attributes: [Attribute("id", "7")]), .badNamespaces))
    }

    @Test("a stanza that is over a limit behind a breach is passed over once")
    func breachAndLimit() {
        let big = String(repeating: "x", count: 1_100_000)
        let outcome = Stream.feed("<m id='7'><p:a/>\(big)</m><n q:a='\(big)'/><after/>", chunk: 5000)
        #expect(outcome.error == nil)
        #expect(
            outcome.events.dropFirst() == [
                .skipped(Stream.stanza("m", [Attribute("id", "7")]), .tooLarge),
                .skipped(Stream.stanza("n"), .tooLarge),
                .element(Stream.stanza("after")),
            ])
    }

    @Test("markup that is not well-formed ends the stream behind a breach, too", arguments: ["</b>", "&", "<b a=1/>"])
    func notWellFormed(rest: String) {
        let outcome = Stream.feed("<m><p:a/>\(rest)</m><after/>")
        #expect(outcome.error == .notWellFormed && outcome.elements.isEmpty)
    }

    @Test("a long namespace that serves many elements is too much: each would be written with it")
    func amplification() {
        let name = String(repeating: "u", count: 10_000)
        func stanza(_ count: Int, _ child: String) -> String {
            "<m id='7' xmlns:p='\(name)'>" + String(repeating: child, count: count) + "</m>"
        }
        let start = Stream.stanza("m", [Attribute("id", "7")])
        for child in ["<p:a/>", "<a p:b='1'/>"] {
            #expect(events(stanza(120, child)).first == .skipped(start, .tooLarge))
            #expect(Stream.feed(stanza(100, child)).elements.count == 1)
        }
        let inner = "<m id='7'><c xmlns='\(name)'>" + String(repeating: "<stream:a><b/></stream:a>", count: 200)
        #expect(events(inner + "</c></m>").first == .skipped(start, .tooLarge))
    }
}
