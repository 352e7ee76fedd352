import CLibXML2

/// Follows the outline of a stream byte by byte: where tags begin and end, how deep, how many attributes.
///
/// It runs ahead of libxml2, so that a stanza over a limit never gets there, and it finds the end of one that is
/// being skipped. It does not check names or nesting; for whatever is well-formed its outline is exact.
struct MarkupScanner {
    /// Why `scan` came back.
    enum Stop: Equatable {
        /// All bytes are seen.
        case exhausted
        /// The start tag of the stream is complete.
        case headerComplete
        /// The stanza in progress is over a limit; `isOver` if this was its last byte. From here on its rest is
        /// passed over.
        case overLimit(SkipReason, isOver: Bool)
        /// The last byte of a skipped stanza.
        case skipped
        /// The end tag of the stream is complete, or its header was an empty element.
        case streamComplete
        case refused(XMLError)
    }

    private enum State: Equatable {
        case text, tagOpen, startTag, quoted(UInt8), endTag, bang(Int), cdata(brackets: Int)
        case declaration(mark: Bool)
    }

    /// Elements open now, the stream's own included.
    private(set) var depth = 0
    /// Where the markup that is not complete begins, relative to the last scanned bytes; negative if in earlier ones.
    private(set) var tokenStart = 0
    /// Where the stanza in progress begins, relative to the last scanned bytes.
    private(set) var stanzaStart = 0
    /// Behind the last complete stanza within the last scanned bytes; nil if none was completed.
    private(set) var lastStanzaEnd: Int?
    private let limits: XMLLimits
    private var state = State.text
    private var isSkipping = false
    private var offset = 0
    private var attributes = 0
    private var nameStart = 0
    private var lastByte: UInt8 = 0

    init(limits: XMLLimits) { self.limits = limits }

    /// Whether markup has begun that is not complete, so that its bytes must be kept. Not so in text and CDATA.
    var isInsideMarkup: Bool {
        switch state {
        case .text, .cdata: false
        default: true
        }
    }

    /// Whether bytes are passed over until a stanza ends.
    var isPassingOver: Bool { isSkipping }

    /// Looks at `bytes` until something is to be done. The second value is the number of bytes seen.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> (Stop, Int) {
        lastStanzaEnd = nil
        guard let start = bytes.baseAddress else { return (.exhausted, 0) }
        var index = 0
        var stop: Stop?
        while index < bytes.count, stop == nil { stop = step(start, &index, bytes.count) }
        if stop == nil, isOverSize(at: index) { stop = overLimit(.tooLarge, at: index) }
        if index > 0 { lastByte = start[index - 1] }
        return (stop ?? .exhausted, index)
    }

    /// Makes positions relative to the bytes that come next, after `count` have been dealt with.
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

    /// Moves behind the next `byte`; to the end and false if there is none.
    @inline(__always)
    private func skip(
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

extension MarkupScanner {
    private mutating func text(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int) -> Stop? {
        let start = index
        let found = skip(to: UInt8(ascii: "<"), bytes, &index, count)
        let end = found ? index - 1 : index
        if depth < 2, end > start {
            for position in start..<end where !isSpace(bytes[position]) {
                tokenStart = position
                return .refused(outsideText(bytes[position]))
            }
        }
        guard found else { return nil }
        tokenStart = end
        if depth == 1 { stanzaStart = end }
        state = .tagOpen
        return nil
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D }

    /// Text before the header is not XML, between stanzas it is not XMPP. Byte order marks of UTF-16 and zeros show
    /// another encoding.
    private func outsideText(_ byte: UInt8) -> XMLError {
        guard depth == 0 else { return .badFormat }
        return byte == 0 || byte >= 0xFE ? .unsupportedEncoding : .notWellFormed
    }

    private mutating func tagOpen(_ byte: UInt8, _ index: inout Int) -> Stop? {
        index += 1
        switch byte {
        case UInt8(ascii: "/"): state = .endTag
        case UInt8(ascii: "!"): state = .bang(0)
        case UInt8(ascii: "?"):
            guard depth == 0, offset + tokenStart == 0 else { return .refused(.restricted) }
            state = .declaration(mark: false)
        case 0: return .refused(depth == 0 ? .unsupportedEncoding : .notWellFormed)
        case UInt8(ascii: ">"), UInt8(ascii: "<"): return .refused(.notWellFormed)
        default:
            state = .startTag
            attributes = 0
            nameStart = index - 1
        }
        return nil
    }

    private mutating func startTag(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int) -> Stop? {
        while index < count {
            let byte = bytes[index]
            index += 1
            // Letters, the bulk of a tag, are all above `>`.
            if byte > UInt8(ascii: ">") { continue }
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D:
                if let stop = checkName(at: index - 1) { return stop }
                nameStart = index
            case UInt8(ascii: "="):
                attributes += 1
                if let stop = checkName(at: index - 1) ?? checkAttributes(at: index) { return stop }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                state = .quoted(byte)
                return checkName(at: index - 1)
            case UInt8(ascii: ">"):
                if let stop = checkName(at: index - 1) {
                    // The end of the tag is looked at again, as part of what is passed over.
                    index -= 1
                    return stop
                }
                return open(isEmpty: (index > 1 ? bytes[index - 2] : lastByte) == UInt8(ascii: "/"), at: index)
            case UInt8(ascii: "<"): return .refused(.notWellFormed)
            default: break
            }
        }
        return checkName(at: index)
    }

    private mutating func quoted(
        _ quote: UInt8, _ bytes: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int
    ) -> Stop? {
        let start = index
        let found = skip(to: quote, bytes, &index, count)
        // While nobody else looks: a `<` in a value would mean that a quote was lost, and the end never found.
        if isSkipping, memchr(bytes + start, 0x3C, index - start) != nil { return .refused(.notWellFormed) }
        if found {
            state = .startTag
            nameStart = index
        }
        return nil
    }

    private mutating func bang(_ matched: Int, _ byte: UInt8, _ index: inout Int) -> Stop? {
        let opening: StaticString = "[CDATA["
        index += 1
        guard byte == opening.utf8Start[matched] else {
            return .refused(matched == 0 ? .restricted : .notWellFormed)
        }
        guard depth > 1 else { return .refused(depth == 0 ? .notWellFormed : .badFormat) }
        state = matched + 1 == opening.utf8CodeUnitCount ? .cdata(brackets: 0) : .bang(matched + 1)
        return nil
    }

    private mutating func cdata(_ brackets: Int, _ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "]"): state = .cdata(brackets: min(brackets + 1, 2))
        case UInt8(ascii: ">") where brackets == 2: state = .text
        default: state = .cdata(brackets: 0)
        }
    }
}

extension MarkupScanner {
    private mutating func open(isEmpty: Bool, at index: Int) -> Stop? {
        state = .text
        guard depth > 0 else {
            depth = isEmpty ? 0 : 1
            return isEmpty ? .streamComplete : .headerComplete
        }
        if depth > limits.maxDepth, !isSkipping {
            if !isEmpty { depth += 1 }
            return overLimit(.tooDeep, at: index)
        }
        if !isEmpty {
            depth += 1
            return nil
        }
        return depth == 1 ? finishStanza(at: index) : nil
    }

    private mutating func close(at index: Int) -> Stop? {
        state = .text
        depth -= 1
        switch depth {
        case 1: return finishStanza(at: index)
        case ...0: return .streamComplete
        default: return nil
        }
    }

    private mutating func finishStanza(at index: Int) -> Stop? {
        if isSkipping {
            isSkipping = false
            return .skipped
        }
        if index - stanzaStart > limits.maxStanzaBytes { return .overLimit(.tooLarge, isOver: true) }
        lastStanzaEnd = index
        return nil
    }

    private func isOverSize(at index: Int) -> Bool {
        guard !isSkipping, depth > 1 || (depth == 1 && isInsideMarkup) else { return false }
        return index - stanzaStart > limits.maxStanzaBytes
    }

    /// Size goes first, so that the reason does not depend on how the bytes are cut.
    private mutating func overLimit(_ reason: SkipReason, at index: Int) -> Stop {
        isSkipping = true
        return .overLimit(index - stanzaStart > limits.maxStanzaBytes ? .tooLarge : reason, isOver: false)
    }

    private mutating func checkName(at index: Int) -> Stop? {
        guard index - nameStart > limits.maxNameBytes, !isSkipping else { return nil }
        // Seen at its first byte too many, wherever the piece ended.
        let surplus = nameStart + limits.maxNameBytes + 1
        return depth == 0 ? .refused(.policyViolation) : overLimit(.nameTooLong, at: surplus)
    }

    private mutating func checkAttributes(at index: Int) -> Stop? {
        guard attributes > limits.maxAttributes, !isSkipping else { return nil }
        return depth == 0 ? .refused(.policyViolation) : overLimit(.tooManyAttributes, at: index)
    }
}
