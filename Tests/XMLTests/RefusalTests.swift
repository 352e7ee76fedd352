import Testing
import XML

@Suite("What is refused")
struct RefusalTests {
    static let bodies: [(String, XMLError)] = [
        ("<!-- note --><a/>", .restricted),
        ("<a><!-- note --></a>", .restricted),
        ("<?php echo ?><a/>", .restricted),
        ("<a><?x y?></a>", .restricted),
        ("<?xml version='1.0'?><a/>", .restricted),
        ("<!DOCTYPE a><a/>", .restricted),
        ("<a>&undefined;</a>", .restricted),
        ("<a b='&undefined;'/>", .restricted),
        ("text<a/>", .badFormat),
        ("<a/>&amp;<b/>", .badFormat),
        ("<![CDATA[text]]><a/>", .badFormat),
        ("<a></b>", .notWellFormed),
        ("<a><b></a></b>", .notWellFormed),
        ("</a>", .notWellFormed),
        ("<a b='1' b='2'/>", .notWellFormed),
        ("<a xmlns='u' xmlns='v'/>", .notWellFormed),
        ("<a><x:b></a></x:b>", .notWellFormed),
        ("<a b=c/>", .notWellFormed),
        ("<a b/>", .notWellFormed),
        ("<a b='<'/>", .notWellFormed),
        ("<a>]]></a>", .notWellFormed),
        ("<a>&</a>", .notWellFormed),
        ("<a>& b</a>", .notWellFormed),
        ("<a>&#0;</a>", .notWellFormed),
        ("<a>&#8;</a>", .notWellFormed),
        ("<a>&#xD800;</a>", .notWellFormed),
        ("<a>&#xFFFF;</a>", .notWellFormed),
        ("<a>\u{08}</a>", .notWellFormed),
        ("<a b='\u{01}'/>", .notWellFormed),
        ("<a>\u{00}</a>", .notWellFormed),
        ("<a>\u{FFFF}</a>", .notWellFormed),
        ("<1a/>", .notWellFormed),
        ("< a/>", .notWellFormed),
        ("<><a/>", .notWellFormed),
        ("<a <b/>", .notWellFormed),
        ("<a><![CDATE[x]]></a>", .notWellFormed),
        ("<a><!ELEMENT a></a>", .restricted),
    ]

    @Test("in the stream", arguments: bodies)
    func body(_ body: String, _ error: XMLError) {
        let outcome = Stream.feed("<before/>" + body + "<after/>")
        #expect(outcome.error == error)
        #expect(outcome.elements.first == Stream.stanza("before"))
        #expect(!outcome.elements.contains(Stream.stanza("after")))
    }

    static let starts: [(String, XMLError)] = [
        ("text<s/>", .notWellFormed),
        ("<!DOCTYPE s><s>", .restricted),
        ("<!DOCTYPE s [<!ENTITY a 'b'>]><s>", .restricted),
        ("<?xml version='1.0'?><!DOCTYPE s SYSTEM 'http://127.0.0.1/x'><s>", .restricted),
        ("<!-- x --><s>", .restricted),
        ("<?x y?><s>", .restricted),
        (" <?xml version='1.0'?><s>", .restricted),
        ("\n<?xml version='1.0'?><s>", .restricted),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><s>", .unsupportedEncoding),
        ("<?xml version='1.0' encoding=\"UTF-16\"?><s>", .unsupportedEncoding),
        ("<x:s>", .badNamespacePrefix),
        ("</s>", .notWellFormed),
        ("<![CDATA[x]]><s>", .notWellFormed),
        ("\u{FEFF}<s>", .notWellFormed),
    ]

    @Test("at the start", arguments: starts)
    func start(_ start: String, _ error: XMLError) {
        #expect(Stream.feed(raw: Array((start + "<after/>").utf8)) == Outcome(events: [], error: error))
    }

    @Test(
        "encodings that are declared as UTF-8 or not at all",
        arguments: ["", "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding=\"utf-8\"?>", "\n"])
    func utf8Declared(declaration: String) {
        let outcome = Stream.feed(raw: Array((declaration + "<s><a>ß</a>").utf8))
        #expect(outcome.events.count == 2)
        #expect(outcome.error == nil)
    }

    @Test(
        "bytes of other encodings",
        arguments: [
            [0xFE, 0xFF, 0x00, 0x3C, 0x00, 0x73], [0xFF, 0xFE, 0x3C, 0x00, 0x73, 0x00], [0x3C, 0x00, 0x3F, 0x00],
            [0x00, 0x3C, 0x00, 0x3F], [0x00, 0x00, 0x00, 0x3C],
        ] as [[UInt8]])
    func otherEncodings(bytes: [UInt8]) {
        #expect(Stream.feed(raw: bytes).error == .unsupportedEncoding)
    }

    @Test(
        "bytes that are no UTF-8",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
            [0xC3, 0x28], [0xF5, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        for (open, close) in [("<a>", "</a>"), ("<a b='", "'/>")] {
            let input = Array((Stream.header + "<before/>" + open).utf8) + bytes + Array((close + "<after/>").utf8)
            let outcome = Stream.feed(raw: input)
            // The byte decides which of the two errors it is; both end the stream (RFC 6120 §4.9.3.13, §4.9.3.22).
            #expect([.unsupportedEncoding, .notWellFormed].contains(outcome.error))
            #expect(outcome.elements == [Stream.stanza("before")])
        }
    }

    @Test("a parser that has failed stays failed, with the same error")
    func staysFailed() {
        let parser = StreamParser(limits: XMLLimits(), contentNamespaces: [:])
        #expect(Stream.feed(Array("<s><!--".utf8), to: parser).error == .restricted)
        #expect(Stream.feed(Array("<a/>".utf8), to: parser) == Outcome(events: [], error: .restricted))
    }

    @Test("a reference without end is refused soon, not when its end could have come", arguments: [16, 1400, 1 << 20])
    func endlessReference(chunk: Int) {
        let outcome = Stream.feed("<a/><m>&" + String(repeating: "x", count: 200_000), chunk: chunk)
        #expect(outcome.error == .notWellFormed)
        #expect(outcome.elements.count == 1)
    }

    static let broken: [(String, String?)] = [
        ("<m from='a@b/c'><body>&nope;</body></m>", "a@b/c"),
        ("<m id='1' from='a@b/c' x='1' x='2'><body/></m>", "a@b/c"),
        ("<m from=\"a@b/c\"><body></m></body>", "a@b/c"),
        ("<m from='a@b/c' <body/></m>", "a@b/c"),
        ("<m from='a@b/c'><!-- c --></m>", "a@b/c"),
        ("<m from='a@b/&apos;'>\u{1}</m>", "a@b/'"),
        ("<m from='a@b/c'><x:y/>\u{1}</m>", "a@b/c"),
        ("<m><b from='x@y'/>\u{1}</m>", nil),
        ("<m x='1' x='2' from", nil),
        ("text", nil),
        ("&amp;<m from='a@b/c'/>", nil),
        ("<!-- c --><m from='a@b/c'/>", nil),
    ]

    @Test("after an error the sender of the stanza is known, as far as it came", arguments: broken, [1, 7, 4096])
    func sender(broken: (String, String?), chunk: Int) {
        let parser = StreamParser(limits: XMLLimits(), contentNamespaces: [:])
        let before = Stream.header + "<m from='before@b'/><m from='other@b' x='&#65;'/> "
        let outcome = Stream.feed(Array((before + broken.0 + "<m from='after@b'>").utf8), to: parser, chunk: chunk)
        #expect(outcome.error != nil && outcome.elements.count == 2)
        #expect(parser.failedSender == broken.1)
    }

    @Test("the sender is known of a stanza that was being skipped, too")
    func senderOfSkipped() {
        let big = String(repeating: "x", count: 1_100_000)
        for start in ["<m from='a@b/c'>\(big)", "<m from='a@b/c' x='\(big)'>"] {
            let parser = StreamParser(limits: XMLLimits(), contentNamespaces: [:])
            let bytes = Array((Stream.header + start + "<!--").utf8)
            #expect(Stream.feed(bytes, to: parser, chunk: 9000).error == .restricted)
            #expect(parser.failedSender == "a@b/c")
        }
    }

    @Test("a header over its limits ends the stream")
    func header() {
        var limits = XMLLimits()
        limits.maxHeaderBytes = 500
        limits.maxAttributes = 3
        for header in ["<s a='\(String(repeating: "x", count: 600))'>", "<s a='' b='' c='' d=''>"] {
            #expect(Stream.feed(raw: Array(header.utf8), limits: limits).error == .policyViolation)
        }
    }
}
