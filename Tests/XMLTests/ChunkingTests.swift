import Testing
import XML

@Suite("Cutting a stream anywhere")
struct ChunkingTests {
    static let samples: [String] = [
        """
        <message from='a@b/c' to='#chan%net@gw' id="x'y" type='groupchat'><body>Gruß &amp; 世界 🦊 &lt;3</body>\
        <x xmlns='urn:x' a='>' b="/>"/></message> \n<presence/>
        """,
        "<iq type='get' id='1'><query xmlns='jabber:iq:register'><!--no--></query></iq><iq/>",
        "<m><![CDATA[a ]] > ]]]></m><m><![CDATA[]]></m><m>]] ></m></stream:stream>",
        "<a:m xmlns:a='urn:a' a:b='c'  d = 'e' ><a:n / ></a:m>",
        "<a:m xmlns:a='urn:a' a:b='c'  d = 'e' ><a:n /></a:m >\r\n<b\n/>",
        "<m>" + String(repeating: "long text ", count: 60) + "</m><m a='" + String(repeating: "v", count: 400) + "'/>",
        "<one/>stray<two/>",
        "<one>&amp</one><two/>",
        "<one><two></one>",
    ]

    @Test("every chunk size gives the same events and the same error", arguments: samples)
    func everyChunkSize(sample: String) {
        let whole = Stream.feed(sample)
        let count = Stream.header.utf8.count + sample.utf8.count
        for chunk in Array(1...64) + Array(stride(from: 65, through: count, by: 17)) {
            #expect(Stream.feed(sample, chunk: chunk) == whole, "chunk size \(chunk)")
        }
    }

    @Test("every prefix gives the beginning of the whole, and no error before the faulty byte", arguments: samples)
    func everyPrefix(sample: String) {
        let bytes = Array((Stream.header + sample).utf8)
        let whole = Stream.feed(raw: bytes)
        for end in Stream.header.utf8.count..<bytes.count {
            let part = Stream.feed(raw: Array(bytes[..<end]))
            #expect(part.events == Array(whole.events.prefix(part.events.count)))
            if part.error != nil { #expect(part == whole) }
        }
    }

    @Test("a header may be cut anywhere")
    func header() {
        let bytes = Array(Stream.header.utf8)
        for end in 0..<bytes.count { #expect(Stream.feed(raw: Array(bytes[..<end])) == Outcome()) }
        #expect(Stream.feed(raw: bytes).events.count == 1)
    }

    @Test("skipping does not depend on the chunks either", arguments: [1, 2, 3, 7, 64, 1000])
    func skipping(chunk: Int) {
        var limits = XMLLimits()
        limits.maxStanzaBytes = 200
        limits.maxDepth = 4
        limits.maxAttributes = 6
        let long = String(repeating: "z", count: 300)
        let sample = """
            <ok1/><m to='a' id='1'><b>\(long)</b></m><ok2/><m id='2' x='\(long)' from='f'/><ok3/>\
            <m id='3'><a><a><a><a/></a></a></a></m><ok4/><m id='4' a='' b='' c='' d='' e='' f='' from='q'>t</m><ok5/>
            """
        let outcome = Stream.feed(sample, limits: limits, chunk: chunk)
        #expect(outcome == Stream.feed(sample, limits: limits))
        #expect(outcome.elements.map(\.name) == ["ok1", "ok2", "ok3", "ok4", "ok5"])
        #expect(outcome.error == nil)
    }

    @Test("an end tag of the stream that never ends is an error, and what seems to be a stanza in it is none")
    func endlessEndTag() {
        var limits = XMLLimits()
        limits.maxStanzaBytes = 200
        let endTag = "</stream:stream" + String(repeating: " ", count: 300)
        let sample = "<ok/>" + endTag + "<m/>"
        let cutThere = (Stream.header + "<ok/>" + endTag).utf8.count
        for chunk in [1, 2, 3, 7, 64, 250, cutThere, .max] {
            let outcome = Stream.feed(sample, limits: limits, chunk: chunk)
            #expect(outcome.elements.map(\.name) == ["ok"], "chunk size \(chunk)")
            #expect(outcome.error == .policyViolation, "chunk size \(chunk)")
        }
    }
}
