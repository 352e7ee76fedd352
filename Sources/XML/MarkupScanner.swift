import CLibXML2

/// Follows the outline of a stream byte by byte: where tags begin and end, how deeply elements are nested, how many
/// attributes they have.
///
/// The scanner runs ahead of libxml2, so that a stanza over a limit never reaches libxml2, and it finds the end of a
/// stanza that is being skipped. The scanner does not check names or nesting. For every well-formed stream its outline
/// is exact, even with broken namespaces. For a stream that is not well-formed the outline proves nothing, so the
/// stream has to end.
struct MarkupScanner {
    /// Why `scan` returned.
    enum Stop: Equatable {
        /// All bytes have been scanned.
        case exhausted
        /// The last byte of a stanza within its limits.
        case stanzaComplete
        /// The start tag of the stream is complete.
        case headerComplete
        /// The stanza in progress is over a limit. `isOver` is true if this was the last byte of the stanza. The rest
        /// of the stanza is skipped.
        case overLimit(SkipReason, isOver: Bool)
        /// The last byte of a skipped stanza.
        case skipped
        /// The end tag of the stream is complete, or its header was an empty element.
        case streamComplete
        case refused(XMLError)
    }

    enum State: Equatable {
        case text, tagOpen, startTag, quoted(UInt8), endTag, bang(Int), cdata(brackets: Int)
        case declaration(mark: Bool)
    }

    /// Elements open now, the stream's own included.
    var depth = 0
    /// Where the incomplete markup begins, relative to the last scanned bytes; negative if it began in earlier bytes.
    var tokenStart = 0
    /// Where the stanza in progress begins, relative to the last scanned bytes.
    var stanzaStart = 0
    /// The position behind the last complete stanza within the last scanned bytes; nil if none was completed.
    var lastStanzaEnd: Int?
    let limits: XMLLimits
    var state = State.text
    /// Whether bytes are skipped until the stanza in progress ends.
    var isSkipping = false
    /// Bytes of the stream before the last scanned ones.
    private(set) var offset = 0
    /// Attributes of the tag in progress.
    var attributes = 0
    /// Where the name in progress begins, relative to the last scanned bytes.
    var nameStart = 0
    /// The last of the bytes before the last scanned ones.
    private(set) var lastByte: UInt8 = 0

    init(limits: XMLLimits) { self.limits = limits }

    /// Whether markup has begun and is not complete, so that its bytes must be kept. False in text and in CDATA.
    var isInsideMarkup: Bool {
        switch state {
        case .text, .cdata: false
        default: true
        }
    }

    /// Whether the bytes that come next are between stanzas, or begin one.
    var isBetweenStanzas: Bool { depth == 1 && !isSkipping && state == .text }

    /// Scans `bytes` until the caller has to act. The second value is the number of bytes scanned.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> (Stop, Int) {
        lastStanzaEnd = nil
        guard let start = bytes.baseAddress else { return (.exhausted, 0) }
        var index = 0
        var stop: Stop?
        while index < bytes.count, stop == nil { stop = step(start, &index, bytes.count) }
        if stop == nil, isOverSize(at: index) {
            // Only a stanza can be skipped. The end tag of the stream itself is no stanza, so a too long one ends the
            // stream.
            stop = depth == 1 && state == .endTag ? .refused(.policyViolation) : overLimit(.tooLarge, at: index)
        }
        if index > 0 { lastByte = start[index - 1] }
        return (stop ?? .exhausted, index)
    }

    /// Makes positions relative to the next bytes, after `count` bytes have been dealt with.
    mutating func advance(by count: Int) {
        offset += count
        tokenStart -= count
        stanzaStart -= count
        nameStart -= count
    }

    private mutating func step(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int) -> Stop? {
        switch state {
        case .text: return text(bytes, &index, count)
        case .tagOpen: return tagOpen(bytes[index], &index)
        case .startTag: return startTag(bytes, &index, count)
        case .quoted(let quote): return quoted(quote, bytes, &index, count)
        case .endTag:
            guard skip(to: UInt8(ascii: ">"), bytes, &index, count) else { return nil }
            return close(at: index)
        case .bang(let matched): return bang(matched, bytes[index], &index)
        case .cdata(let brackets):
            cdata(brackets, bytes[index])
            index += 1
        case .declaration(let mark):
            state = mark && bytes[index] == UInt8(ascii: ">") ? .text : .declaration(mark: bytes[index] == 0x3F)
            index += 1
        }
        return nil
    }

    /// Moves `index` behind the next `byte`. Without such a byte, moves to the end and returns false.
    @inline(__always)
    func skip(
        to byte: UInt8, _ bytes: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int
    ) -> Bool {
        guard let hit = memchr(bytes + index, Int32(byte), count - index) else {
            index = count
            return false
        }
        index = UnsafeRawPointer(hit) - UnsafeRawPointer(bytes) + 1
        return true
    }
}
