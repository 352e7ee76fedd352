import CLibXML2

/// The parts of markup, each up to where it ends or the bytes do.
extension MarkupScanner {
    mutating func text(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int) -> Stop? {
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

    mutating func tagOpen(_ byte: UInt8, _ index: inout Int) -> Stop? {
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

    mutating func startTag(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int) -> Stop? {
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

    mutating func quoted(
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

    mutating func bang(_ matched: Int, _ byte: UInt8, _ index: inout Int) -> Stop? {
        let opening: StaticString = "[CDATA["
        index += 1
        guard byte == opening.utf8Start[matched] else {
            return .refused(matched == 0 ? .restricted : .notWellFormed)
        }
        guard depth > 1 else { return .refused(depth == 0 ? .notWellFormed : .badFormat) }
        state = matched + 1 == opening.utf8CodeUnitCount ? .cdata(brackets: 0) : .bang(matched + 1)
        return nil
    }

    mutating func cdata(_ brackets: Int, _ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "]"): state = .cdata(brackets: min(brackets + 1, 2))
        case UInt8(ascii: ">") where brackets == 2: state = .text
        default: state = .cdata(brackets: 0)
        }
    }
}
