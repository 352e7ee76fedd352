import GatewayTesting
import Testing

@testable import IRCAdapter

struct MessageTagsTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        /// The unescaped value. `escaped` is its form in a line.
        let value: String
        let escaped: String
        var testDescription: String { escaped }

        init(_ value: String, _ escaped: String) {
            self.value = value
            self.escaped = escaped
        }
    }

    static let bothWays = [
        Sample("", ""), Sample("a", "a"), Sample("a=b", "a=b"), Sample(";", "\\:"), Sample(" ", "\\s"),
        Sample("\\", "\\\\"), Sample("\r", "\\r"), Sample("\n", "\\n"), Sample("\r\n", "\\r\\n"),
        Sample("raw+:=,escaped; \\", "raw+:=,escaped\\:\\s\\\\"), Sample("👋🏽", "👋🏽"), Sample("\\:", "\\\\:"),
        Sample("x\\s", "x\\\\s"), Sample("é;é", "é\\:é"),
    ]

    @Test("A value is escaped on its way out and read back the same", arguments: bothWays)
    func escapes(_ sample: Sample) throws {
        var tags = OutboundTags()
        let isAdded = tags.add("+x", sample.value)
        #expect(isAdded)
        #expect(tags.text == (sample.escaped.isEmpty ? "+x" : "+x=\(sample.escaped)"))
        #expect(MessageTags(tags.text)["+x"] == sample.value)
        #expect(MessageTags("+x=\(sample.escaped)")["+x"] == sample.value)
    }

    static let leniently = [
        Sample("b", "\\b"), Sample("test", "test\\"), Sample("é", "\\é"), Sample("\\ ", "\\\\\\s\\"),
    ]

    @Test("A backslash that escapes nothing is removed", arguments: leniently)
    func unknownEscapes(_ sample: Sample) { #expect(MessageTags("x=\(sample.escaped)")["x"] == sample.value) }

    @Test("A tag is found by its whole name, between any other tags")
    func names() {
        let tags = MessageTags("time=1;timer=2;+time=3;a/time=4;=5;;TIME=6;flag")
        #expect(tags["time"] == "1")
        #expect(tags["timer"] == "2")
        #expect(tags["+time"] == "3")
        #expect(tags["a/time"] == "4")
        #expect(tags["TIME"] == "6")
        #expect(tags["flag"] == "")
        for missing in ["tim", "fla", "flags", "5", "1", "x"] as [TagName] { #expect(tags[missing] == nil) }
        #expect(MessageTags()["time"] == nil)
    }

    @Test("If a tag occurs twice, the last one counts")
    func repeatedTag() {
        #expect(MessageTags("a=1;b=2;a=3")["a"] == "3")
        #expect(MessageTags("a=1;a")["a"] == "")
    }

    @Test("Only the tag that is not UTF-8 is dropped; the text keeps its own encoding")
    func encodings() throws {
        let line = Array("@a=1;b=".utf8) + [0xFF] + Array(";c=é :anna PRIVMSG #c :gr".utf8) + [0xFC] + Array("n".utf8)
        let message = try line.withUnsafeBytes { try IRCMessage(bytes: $0) }
        #expect(message.tags["a"] == "1")
        #expect(message.tags["b"] == nil)
        #expect(message.tags["c"] == "é")
        #expect(message.parameters == ["#c", "grün"])
    }

    @Test("Whatever a value holds, it stays one tag of one line", arguments: HostileText.all)
    func injection(_ text: String) throws {
        var tags = OutboundTags()
        guard tags.add("+draft/react", "x" + text) else { return }
        let isAdded = tags.add("+draft/reply", "id")
        #expect(isAdded)
        let line = OutboundLine("TAGMSG", .star, tags: tags).labelled(Label(number: 7)).text
        #expect(!line.utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 })
        let message = try IRCMessage(line)
        #expect(message.command == .verb("TAGMSG") && message.parameters == ["*"])
        #expect(message.tags["+draft/react"] == "x" + text.replacing("\0", with: ""))
        #expect(message.tags["+draft/reply"] == "id")
        #expect(message.label == 7)
    }

    struct Length: CustomTestStringConvertible, Sendable {
        let bytes: Int
        let fits: Bool
        var testDescription: String { "\(bytes) bytes" }
    }

    @Test(
        "A line from the server has at most 8191 bytes of tags, including the `@` and the space",
        arguments: [Length(bytes: 4096, fits: true), Length(bytes: 8191, fits: true), Length(bytes: 8192, fits: false)])
    func inboundBudget(_ length: Length) {
        let tags = "a=" + String(repeating: "x", count: length.bytes - 4)
        let rest = "PRIVMSG #c :" + String(repeating: "y", count: 512 - 12)
        var framing = LineFraming()
        var results: [Result<Int, WireError>] = []
        Array("@\(tags) \(rest)\n".utf8).withUnsafeBytes { bytes in
            framing.push(bytes) { line in
                results.append(
                    Result { () throws(WireError) in try IRCMessage(bytes: line) }.map { $0.parameters[1].utf8.count })
            }
        }
        // `LineFraming` drops a line that is longer than both limits together.
        let isLine = length.bytes + 512 <= LineFraming.usualLimit
        #expect(results == (length.fits ? [.success(500)] : isLine ? [.failure(.tagsTooLong)] : []))
        let short = Array("@\(tags) PING".utf8)
        let read = short.withUnsafeBytes { bytes in
            Result { () throws(WireError) in try IRCMessage(bytes: bytes).command }
        }
        #expect(read == (length.fits ? .success(.verb(.ping)) : .failure(.tagsTooLong)))
    }

    @Test(
        "A line that we send has at most 4094 bytes of tags, including the longest label",
        arguments: [Length(bytes: 4000, fits: true), Length(bytes: 4067, fits: true), Length(bytes: 4068, fits: false)])
    func outboundBudget(_ length: Length) {
        var tags = OutboundTags()
        let hasRoom = tags.add("+a", "b")
        let before = tags
        let isAdded = tags.add("+x", String(repeating: "x", count: length.bytes - "+a=b;+x=".utf8.count))
        #expect(hasRoom && isAdded == length.fits)
        #expect(tags == before || tags.text.utf8.count == length.bytes)
        #expect((tags == before) == !length.fits)
        let labelled = tags.labelled(Label(number: .max))
        #expect(labelled.text.utf8.count <= 4094)
        #expect(!length.fits || length.bytes < 4067 || labelled.text.utf8.count == 4093)
        let text = String(repeating: "y", count: 600)
        let line = OutboundLine(.privmsg, .star, trailing: TrailingParameter(text), tags: labelled).text
        #expect(line.utf8.count == labelled.text.utf8.count + 2 + 510)
    }
}
