import Testing

@testable import XML

/// A stanza that lies whole in one read may be read without libxml2; one that is cut never is. So the same bytes,
/// whole and byte by byte, show whether both readers agree.
@Suite("Stanzas read without libxml2")
struct PlainStanzaTests {
    static let corpus = [
        "<message from='a@b/c' to='#chan%net@gw.example' id='m1' type='groupchat'><body>good morning</body></message>",
        "<presence from=\"a@b/c\" to='#chan%net@gw.example/Nick' xml:lang='de'><show>away</show><x xmlns='urn:x'/></presence>",
        "<iq type='get' id='1' to='gw.example' from='somebody@long.example.org/phone'><query xmlns='urn:q' node='n'/></iq>",
        "<message xmlns='jabber:component:accept'><body>a &amp; b &lt;c&gt; &quot;d&apos; Gruß 世界 🦊</body></message>",
        "<message id='&amp;&lt;'><x xmlns='urn:x'><y xmlns='urn:y'><z>1\n2\t3</z></y><item a='1' b='2'/></x>tail</message>",
        "<message><body>it's \"so\"</body><thread>t</thread><active xmlns='urn:q'/></message>\n \n<presence/>",
    ]

    private func parser() -> StreamParser {
        let parser = StreamParser(
            limits: XMLLimits(), contentNamespaces: ["jabber:component:accept": "jabber:client"])
        _ = Stream.feed(Array((Stream.header + Self.corpus.joined()).utf8), to: parser, chunk: 50)
        return parser
    }

    @Test("are nearly all")
    func used() throws {
        var reader = PlainReader(limits: XMLLimits())
        reader.contentNamespace = "jabber:client"
        for namespace in ["urn:x", "urn:q"] {
            Array(namespace.utf8).withUnsafeBufferPointer { reader.namespaces.learn($0, name: namespace) }
        }
        let references = "<message id='&lt;&apos;'><body>a &amp; b &lt;c&gt; &quot;d&apos;</body></message>"
        for text in [Self.corpus[0], Self.corpus[2], references] {
            let bytes = Array(text.utf8)
            var stanza = Element("", namespace: "")
            let count = bytes.withUnsafeBufferPointer { reader.read($0, into: &stanza) }
            #expect(count == bytes.count)
            #expect(stanza == (try Element(parsing: text, defaultNamespace: "jabber:client")))
        }
    }

    @Test("one that somebody keeps stays as it is when the next is read")
    func kept() {
        let bytes = Array("<message id='1' to='a'/><message id='2'/><message id='3' to='b' from='c'/>".utf8)
        var kept: [[Attribute]] = []
        _ = Stream.feed(bytes, to: parser()) { event in
            if case .element(let element) = event { kept.append(element.attributes) }
        }
        #expect(
            kept == [
                [Attribute("id", "1"), Attribute("to", "a")], [Attribute("id", "2")],
                [Attribute("id", "3"), Attribute("to", "b"), Attribute("from", "c")],
            ])
    }

    @Test("are what libxml2 makes of them", arguments: corpus)
    func same(text: String) {
        let bytes = Array((text + "<end/>").utf8)
        let whole = Stream.feed(bytes, to: parser())
        #expect(whole == Stream.feed(bytes, to: parser(), chunk: 1))
        #expect(whole.error == nil)
    }

    @Test("whatever is changed in them, both ways say the same", arguments: corpus.indices)
    func mutations(index: Int) {
        var random = SplitMix(UInt64(index))
        let pieces: [[UInt8]] =
            [
                "<", ">", "/", "'", "\"", "&", ";", "=", " ", "\t", "\n", "\r", "]]>", "<!", "<?", "<![CDATA[x]]>",
                "&#65;",
                "&lt;", "&nope;", ":", "xmlns", "xmlns=''", " xmlns='urn:x'", " xmlns='a b'", " to='x'", "-", ".", "1",
                "é",
                "\u{FFFE}", "\u{FFFD}", "\u{0}", "\u{7F}", "<b>", "</b>", "<b/>", "</body>", "x:y", " xml:lang='x'",
            ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80]]
        let original = Array(Self.corpus[index].utf8)
        for _ in 0..<120 {
            var bytes = original
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let end = min(bytes.count, place + Int.random(in: 0...3, using: &random))
                bytes.replaceSubrange(place..<end, with: pieces.randomElement(using: &random) ?? [])
            }
            bytes += Array("<end to='somebody@long.example.org/phone'/>".utf8)
            let whole = Stream.feed(bytes, to: parser())
            let dripped = Stream.feed(bytes, to: parser(), chunk: 1)
            #expect(whole.events == dripped.events, "\(String(decoding: bytes, as: UTF8.self))")
            // Of two errors in one stanza either may be reported, depending on the part of the parser that sees its
            // error first.
            #expect((whole.error == nil) == (dripped.error == nil), "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("every limit is kept on both ways", arguments: 1...24)
    func limits(size: Int) {
        var limits = XMLLimits()
        limits.maxDepth = size
        limits.maxAttributes = size
        limits.maxNameBytes = size
        limits.maxStanzaBytes = size * 12
        let deep = String(repeating: "<a>", count: 20) + String(repeating: "</a>", count: 20)
        let wide = "<m " + (0..<20).map { "a\($0)='' " }.joined() + "/>"
        let samples = [
            "<m>\(deep)</m>", wide, "<m \(String(repeating: "n", count: 20))='1'/>", "<mmmmmmmmmm>x</mmmmmmmmmm>",
        ]
        let cut = samples.map { String($0.prefix(size * 3)) }
        for sample in samples + cut {
            let whole = Stream.feed(sample, limits: limits)
            #expect(Stream.feed(sample, limits: limits, chunk: 1) == whole)
        }
        for count in 1...20 {
            let fine = "<m b='" + String(repeating: "v", count: count) + "'><c></c></m><after/>"
            #expect(Stream.feed(fine, limits: limits, chunk: 1) == Stream.feed(fine, limits: limits))
        }
    }
}

/// Repeatable randomness (SplitMix64).
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
