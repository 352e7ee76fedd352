import Testing
import XML

@Suite("Writing elements")
struct WriterTests {
    private let client = "jabber:client"

    @Test(
        "namespaces are declared where they change, and only there",
        arguments: [
            (Element("a", namespace: "jabber:client"), "<a/>"),
            (Element("a", namespace: "urn:x"), "<a xmlns='urn:x'/>"),
            (
                Element(
                    "a", namespace: "jabber:client", children: [.element(Element("b", namespace: "jabber:client"))]),
                "<a><b/></a>"
            ),
            (
                Element(
                    "a", namespace: "urn:x",
                    children: [
                        .element(Element("b", namespace: "urn:x")), .element(Element("c", namespace: "jabber:client")),
                    ]),
                "<a xmlns='urn:x'><b/><c xmlns='jabber:client'/></a>"
            ),
            (
                Element(
                    "a", namespace: "jabber:client",
                    attributes: [
                        Attribute("lang", "de", namespace: "http://www.w3.org/XML/1998/namespace"),
                        Attribute("b", "1", namespace: "urn:y"),
                    ]),
                "<a xml:lang='de' xmlns:ns1='urn:y' ns1:b='1'/>"
            ),
        ])
    func namespaces(element: Element, expected: String) {
        #expect(element.xml(defaultNamespace: client) == expected)
    }

    @Test(
        "namespaces that may not be declared are not declared",
        arguments: [
            (Element("a", namespace: xml), "<xml:a></xml:a>"),
            (
                Element(
                    "a", namespace: xml, attributes: [Attribute("b", "1", namespace: xml), Attribute("c", "2")],
                    children: [
                        .text("t"), .element(Element("d", namespace: "jabber:client")),
                        .element(Element("e", namespace: xml)), .element(Element("f", namespace: "urn:x")),
                    ]),
                "<xml:a xml:b='1' c='2'>t<d/><xml:e></xml:e><f xmlns='urn:x'/></xml:a>"
            ),
            (
                Element("a", namespace: "urn:x", children: [.element(Element("b", namespace: xml, text: "t"))]),
                "<a xmlns='urn:x'><xml:b>t</xml:b></a>"
            ),
            (
                Element("a", namespace: xmlns, attributes: [Attribute("b", "1", namespace: xmlns)], text: "t"),
                "<a>t</a>"
            ),
        ])
    func reserved(element: Element, expected: String) {
        #expect(element.xml(defaultNamespace: client) == expected)
    }

    private static let xml = "http://www.w3.org/XML/1998/namespace"
    private static let xmlns = "http://www.w3.org/2000/xmlns/"

    @Test(
        "text is escaped",
        arguments: [
            ("a & b < c > d", "a &amp; b &lt; c &gt; d"), ("]]>", "]]&gt;"), ("it's \"so\"", "it's \"so\""),
            ("tab\t line\n", "tab\t line\n"), ("cr\r", "cr&#13;"), ("Gruß 世界 🦊", "Gruß 世界 🦊"), ("", ""),
            ("\u{FEFF}\u{FFFD}\u{F000}", "\u{FEFF}\u{FFFD}\u{F000}"),
        ])
    func text(text: String, expected: String) {
        let written = Element("m", namespace: client, text: text).xml(defaultNamespace: client)
        #expect(written == (text.isEmpty ? "<m/>" : "<m>\(expected)</m>"))
    }

    @Test(
        "characters that XML forbids are replaced",
        arguments: ["\u{0}", "\u{1}", "\u{8}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"])
    func forbidden(character: String) throws {
        let element = Element(
            "m", namespace: client, attributes: [Attribute("a", "x\(character)")], text: "x\(character)y")
        let read = try Element(parsing: element.xml(defaultNamespace: client), defaultNamespace: client)
        #expect(read.text == "x\u{FFFD}y")
        #expect(read[attribute: "a"] == "x\u{FFFD}")
    }

    @Test("every other character comes back as it went, in text and in attributes")
    func roundTrip() throws {
        var scalars = String.UnicodeScalarView()
        for value in Array(UInt32(0x20)...0x2FF) + [9, 10, 13, 0x85, 0x2028, 0xD7FF, 0xE000, 0xFFFD, 0x1F98A, 0x10FFFF]
        {
            if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
        }
        let text = String(scalars)
        let element = Element("m", namespace: client, attributes: [Attribute("a", text)], text: text)
        #expect(try Element(parsing: element.xml(defaultNamespace: client), defaultNamespace: client) == element)
    }

    @Test("the buffer grows from call to call and can be emptied")
    func buffer() {
        var writer = XMLWriter()
        writer.write(markup: "<s a='")
        writer.write(escaping: "<'\">")
        writer.write(markup: "'>")
        writer.write(Element("b", namespace: "u"), defaultNamespace: "u")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "<s a='&lt;&apos;&quot;&gt;'><b/>")
        writer.removeAll()
        #expect(writer.bytes.isEmpty)
    }

    @Test(
        "text that is not exactly one element cannot be read as one", arguments: ["", "<a/><b/>", "<a>", "x", "</a>"])
    func notOneElement(text: String) {
        #expect(throws: XMLError.self) { try Element(parsing: text, defaultNamespace: "u") }
    }
}
