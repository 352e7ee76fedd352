import Testing
import XML

@Suite("A reader that wants no more for now")
struct PartTests {
    /// Feeds a stream, `chunk` bytes at a time, to a reader that stops after each event.
    private func stopAndGo(_ text: String, chunk: Int) -> Outcome {
        let parser = StreamParser(
            limits: XMLLimits(), contentNamespaces: ["jabber:component:accept": "jabber:client"])
        var outcome = Outcome()
        let bytes = Array((Stream.header + text).utf8)
        bytes.withUnsafeBytes { bytes in
            var start = 0
            do throws(XMLError) {
                while start < bytes.count {
                    let end = min(start + chunk, bytes.count)
                    start += try step(parser, UnsafeRawBufferPointer(rebasing: bytes[start..<end]), &outcome)
                }
                // Events that wait behind the last one need no further bytes.
                var before = -1
                while before != outcome.events.count {
                    before = outcome.events.count
                    _ = try step(parser, UnsafeRawBufferPointer(start: nil, count: 0), &outcome)
                }
            } catch { outcome.error = error }
        }
        return outcome
    }

    private func step(
        _ parser: StreamParser, _ bytes: UnsafeRawBufferPointer, _ outcome: inout Outcome
    ) throws(XMLError) -> Int {
        let before = outcome.events.count
        let taken = try parser.push(partOf: bytes) { event in
            outcome.events.append(event)
            return false
        }
        #expect(outcome.events.count <= before + 1, "more was handed over than wanted")
        #expect(outcome.events.count > before || taken == bytes.count)
        return taken
    }

    static let streams = [
        "<a/><b>text</b><c xmlns:p='u' p:d='1'/>\n<e>&#65;</e></stream:stream>ignored",
        "<a/><b/><!-- comment --><c/>", "<a/> text <b/>", "<a/><b></c>", "<a/><p:b/><c><d/></c>",
        "<a/><m>" + String(repeating: "<x>", count: 70) + String(repeating: "</x>", count: 70) + "</m><b/>",
    ]

    @Test("gets the same events, one at a time, and an error behind them", arguments: streams, [1, 30, 5000])
    func sameEvents(stream: String, chunk: Int) {
        let outcome = stopAndGo(stream, chunk: chunk)
        #expect(outcome == Stream.feed(stream))
        #expect(outcome.events.count > 1)
    }

    @Test("has taken the bytes of the last stanza, and none of the next")
    func taken() throws {
        let parser = StreamParser(limits: XMLLimits(), contentNamespaces: [:])
        var names: [String] = []
        let text = Array("<s><a>1</a><b>2</b><c x='&#65;'/><d/>".utf8)
        let taken = try text.withUnsafeBytes { bytes in
            try parser.push(partOf: bytes) { event in
                if case .element(let element) = event { names.append(element.name) }
                return names.count < 3
            }
        }
        #expect(names == ["a", "b", "c"])
        #expect(taken == text.count - 4)
    }
}
