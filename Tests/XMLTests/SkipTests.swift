import Testing
import XML

@Suite("A stanza over a limit")
struct SkipTests {
    static let from = Attribute("from", "a@b/c")
    static let id = Attribute("id", "7")
    static let startTag = Stream.stanza("message", [from, id])

    private func expectSkipped(_ stanza: String, _ reason: SkipReason, _ start: Element = startTag) {
        for chunk in [1400, 1 << 22] {
            let outcome = Stream.feed("<before/>" + stanza + "<after>text</after></stream:stream>", chunk: chunk)
            #expect(outcome.error == nil)
            #expect(
                outcome.events.dropFirst() == [
                    .element(Stream.stanza("before")), .skipped(start, reason),
                    .element(Stream.stanza("after", [], [.text("text")])), .closed,
                ])
        }
    }

    @Test("too large by its text")
    func text() {
        expectSkipped(
            "<message from='a@b/c' id='7'><body>\(String(repeating: "x", count: 5_000_000))</body></message>", .tooLarge
        )
    }

    @Test("too large by one attribute of its own: what comes behind it is still read")
    func attribute() {
        let value = String(repeating: "x", count: 5_000_000)
        expectSkipped("<message from='a@b/c' x='\(value)' id='7'><body/></message>", .tooLarge)
        expectSkipped("<message x='\(value)' from='a@b/c' id='7'/>", .tooLarge)
    }

    @Test("too large by an attribute or a name further in")
    func innerAttribute() {
        let value = String(repeating: "x", count: 1_500_000)
        expectSkipped("<message from='a@b/c' id='7'><b c='\(value)'>t</b><d/></message>", .tooLarge)
    }

    @Test("a name that is too long, of an element or an attribute", arguments: [1025, 60_000, 300_000])
    func names(count: Int) {
        let name = String(repeating: "x", count: count)
        for inner in ["<\(name)/>", "<\(name)></\(name)>", "<b \(name)='1'/>", "<b c='1' \(name) = '1'></b>"] {
            expectSkipped("<message from='a@b/c' id='7'>\(inner)<d/></message>", .nameTooLong)
        }
        expectSkipped("<message \(name)='1' from='a@b/c' id='7'/>", .nameTooLong)
    }

    @Test("a stanza whose own name is too long is skipped without a word", arguments: [1025, 1026, 2050, 60_000])
    func ownName(count: Int) {
        let name = String(repeating: "x", count: count)
        for chunk in [1, 1400, 1 << 22] {
            let outcome = Stream.feed("<before/><\(name) from='a@b/c' id='7'>text</\(name)><after/>", chunk: chunk)
            #expect(outcome.error == nil)
            #expect(
                outcome.events.dropFirst() == [.element(Stream.stanza("before")), .element(Stream.stanza("after"))])
        }
    }

    @Test("of a name that is too long in a stanza that is too large, the size is the reason", arguments: [1, 7, 1000])
    func sizeBeforeName(chunk: Int) {
        var limits = XMLLimits()
        limits.maxStanzaBytes = 100
        limits.maxNameBytes = 50
        let name = String(repeating: "x", count: 60)
        for (text, reason) in [(20, SkipReason.nameTooLong), (60, .tooLarge)] {
            let stanza = "<m>" + String(repeating: "t", count: text) + "<\(name)/></m>"
            let outcome = Stream.feed(stanza, limits: limits, chunk: chunk)
            #expect(outcome.events.last == .skipped(Stream.stanza("m"), reason))
        }
    }

    @Test("a name as long as allowed passes")
    func allowedName() {
        let name = String(repeating: "x", count: 1000)
        #expect(Stream.feed("<message><\(name) a\(name)='1'/></message>").elements.count == 1)
    }

    @Test("too large by many children, CDATA among them")
    func children() {
        let children = String(repeating: "<b c='>'><![CDATA[</message>]]></b>", count: 40_000)
        expectSkipped("<message from='a@b/c' id='7'>\(children)</message>", .tooLarge)
    }

    @Test("too deep", arguments: [65, 1000, 20_000])
    func depth(levels: Int) {
        let open = String(repeating: "<x>", count: levels - 1)
        let close = String(repeating: "</x>", count: levels - 1)
        expectSkipped("<message from='a@b/c' id='7'>\(open)\(close)</message>", .tooDeep)
    }

    @Test("as deep as allowed is not too deep")
    func allowedDepth() {
        let nested = String(repeating: "<x>", count: 63) + String(repeating: "</x>", count: 63)
        let outcome = Stream.feed("<message>\(nested)</message>")
        #expect(outcome.elements.count == 1)
        let level = Stream.feed("<message>" + String(repeating: "<x>", count: 63) + "<x/>")
        #expect(level.elements.isEmpty && level.error == nil)
    }

    @Test("a depth of one allows the stanza itself, and nothing less can be set", arguments: [-1, 0, 1])
    func leastDepth(levels: Int) {
        var limits = XMLLimits()
        limits.maxDepth = levels
        let outcome = Stream.feed("<a>text</a><b><c/></b>", limits: limits)
        #expect(outcome.elements == [Stream.stanza("a", [], [.text("text")])])
        #expect(outcome.events.last == .skipped(Stream.stanza("b"), .tooDeep))
    }

    @Test("too many attributes, of the stanza or further in", arguments: [129, 50_000])
    func attributes(count: Int) {
        let many = (0..<count).map { "a\($0)=''" }.joined(separator: " ")
        expectSkipped("<message from='a@b/c' \(many) id='7'/>", .tooManyAttributes)
        expectSkipped("<message from='a@b/c' id='7'><b \(many)/></message>", .tooManyAttributes)
    }

    @Test("exactly at the limit of size it passes, one byte more and it does not")
    func exactSize() {
        var limits = XMLLimits()
        limits.maxStanzaBytes = 100
        for count in 98...103 {
            let stanza = "<m>" + String(repeating: "x", count: count - 7) + "</m>"
            for chunk in [1, 50, 1000] {
                let outcome = Stream.feed("<a/> \n" + stanza + "<b/>", limits: limits, chunk: chunk)
                #expect(outcome.elements.count == (count <= 100 ? 3 : 2), "\(count) bytes, chunk \(chunk)")
            }
        }
    }

    @Test("only attributes that an answer needs are kept, prefixes are resolved")
    func keptAttributes() {
        let big = String(repeating: "x", count: 1_100_000)
        let start = Element(
            "message", namespace: "urn:x",
            attributes: [
                Attribute("type", "chat"), Attribute("lang", "de", namespace: "http://www.w3.org/XML/1998/namespace"),
                Attribute("to", "b&c"),
            ])
        expectSkipped(
            "<x:message type='chat' other='1' xmlns:x='urn:x' y='\(big)' xml:lang='de' to=\"b&amp;c\"/>", .tooLarge,
            start)
        expectSkipped(
            "<x:message type='chat' other='1' xmlns:x='urn:x' xml:lang='de' to='b&amp;c'>\(big)</x:message>", .tooLarge,
            start)
    }

    @Test("an address that is itself too long is dropped")
    func longAddress() {
        let big = String(repeating: "x", count: 1_100_000)
        expectSkipped("<message from='\(big)' id='7'/>", .tooLarge, Stream.stanza("message", [Self.id]))
    }

    @Test(
        "what may not be in a stream may not be in a skipped stanza either",
        arguments: [("<!-- x -->", XMLError.restricted), ("<?x y?>", .restricted), ("<a b='<c>'/>", .notWellFormed)])
    func refusals(inside: String, error: XMLError) {
        let big = String(repeating: "x", count: 1_100_000)
        let outcome = Stream.feed("<message>\(big)\(inside)</message><after/>", chunk: 5000)
        #expect(outcome.error == error)
        #expect(outcome.elements.isEmpty)
    }

    @Test("many in a row leave the stream intact")
    func many() {
        let deep = "<message id='7'>" + String(repeating: "<x>", count: 70) + String(repeating: "</x>", count: 70)
        let stream = String(repeating: deep + "</message><ok/>", count: 200)
        let outcome = Stream.feed(stream, chunk: 333)
        #expect(outcome.elements == Array(repeating: Stream.stanza("ok"), count: 200))
        #expect(outcome.events.count == 401)
    }
}
