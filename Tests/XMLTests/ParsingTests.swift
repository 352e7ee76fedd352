import Testing
import XML

@Suite("Parsing a stream")
struct ParsingTests {
    @Test("header, stanza and end arrive in order, with the content namespace renamed")
    func wholeStream() {
        let outcome = Stream.feed("<message to='a@b' id='1'><body>hi</body></message></stream:stream>")
        let header = Element(
            "stream", namespace: "http://etherx.jabber.org/streams",
            attributes: [Attribute("id", "s1"), Attribute("from", "gw.example")])
        let body = Element("body", namespace: "jabber:client", text: "hi")
        let message = Stream.stanza("message", [Attribute("to", "a@b"), Attribute("id", "1")], [.element(body)])
        #expect(outcome == Outcome(events: [.opened(header), .element(message), .closed]))
    }

    @Test("a stanza is reported with its last byte")
    func lastByte() {
        let bytes = Array((Stream.header + "<a><b c='>'/>t</a>").utf8)
        let parser = StreamParser(limits: XMLLimits(), contentNamespaces: [:])
        #expect(Stream.feed(Array(bytes.dropLast()), to: parser).elements.isEmpty)
        #expect(Stream.feed([bytes[bytes.count - 1]], to: parser).elements.count == 1)
    }

    @Test(
        "text comes out as one node, whatever it is made of",
        arguments: [
            ("a &amp; b &lt;c&gt; &quot;d&apos;", "a & b <c> \"d'"),
            ("&#x1F98A;&#65;", "🦊A"),
            ("<![CDATA[<not> & a ]] tag]]> after", "<not> & a ]] tag after"),
            ("line\r\nline\rline", "line\nline\nline"),
            ("<![CDATA[line\r\nline\rline\r]]>\r\n<![CDATA[\n]]>&#13;", "line\nline\nline\n\n\n\r"),
            (" \t\n ", " \t\n "),
            ("Gruß, 世界, 🦊", "Gruß, 世界, 🦊"),
        ])
    func text(markup: String, expected: String) {
        let outcome = Stream.feed("<m>\(markup)</m>")
        #expect(outcome.elements == [Stream.stanza("m", [], [.text(expected)])])
        #expect(outcome.error == nil)
        #expect(Stream.feed("<m>\(markup)</m>", chunk: 1) == outcome)
    }

    @Test(
        "attribute values are normalised as XML says",
        arguments: [
            ("&amp;&lt;&gt;", "&<>"), ("a\nb\tc", "a b c"), ("&#10;&#9;", "\n\t"), ("a>b", "a>b"), ("", ""),
            ("it&apos;s", "it's"),
        ])
    func attributes(markup: String, expected: String) {
        #expect(Stream.feed("<m a='\(markup)'/>").elements == [Stream.stanza("m", [Attribute("a", expected)])])
    }

    @Test("namespaces are resolved: prefixes, declarations on the way, xml:lang")
    func namespaces() {
        let outcome = Stream.feed(
            "<x:m xmlns:x='urn:x' xml:lang='de' x:a='1' a='2'><n/><o xmlns='urn:o'><p/></o></x:m>")
        let inner = Element("o", namespace: "urn:o", children: [.element(Element("p", namespace: "urn:o"))])
        let expected = Element(
            "m", namespace: "urn:x",
            attributes: [
                Attribute("lang", "de", namespace: "http://www.w3.org/XML/1998/namespace"),
                Attribute("a", "1", namespace: "urn:x"), Attribute("a", "2"),
            ],
            children: [.element(Stream.stanza("n")), .element(inner)])
        #expect(outcome == Outcome(events: outcome.events))
        #expect(outcome.elements == [expected])
    }

    @Test("white space between stanzas is keep-alive and nothing else")
    func keepAlive() {
        let outcome = Stream.feed(" \n<a/>\t\r\n   <b/> \n</stream:stream>")
        #expect(outcome.elements.map(\.name) == ["a", "b"])
        #expect(outcome.events.last == .closed)
        #expect(outcome.error == nil)
    }

    @Test("long CDATA and long text arrive whole in small pieces", arguments: [7, 1400])
    func longText(chunk: Int) {
        let text = String(repeating: "]> ", count: 10_000)
        for body in ["<m><![CDATA[\(text)]]></m>", "<m>\(text)</m>"] {
            let outcome = Stream.feed(body, chunk: chunk)
            #expect(outcome.elements == [Stream.stanza("m", [], [.text(text)])])
            #expect(outcome.error == nil)
        }
    }

    @Test("bytes after the end of the stream are ignored")
    func afterEnd() {
        let outcome = Stream.feed("</stream:stream><a/>garbage <")
        #expect(outcome.events.count == 2)
        #expect(outcome.error == nil)
    }

    @Test("a header that is an empty element opens and closes the stream")
    func emptyHeader() {
        let outcome = Stream.feed(raw: Array("<stream id='x'/>".utf8))
        #expect(
            outcome.events == [.opened(Element("stream", namespace: "", attributes: [Attribute("id", "x")])), .closed])
    }
}
