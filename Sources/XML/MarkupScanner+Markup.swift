import CLibXML2

/// Scans the parts of markup. Each function stops where its part ends, or where the bytes end.
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

    /// The error for text outside stanzas: before the header it is not XML, between stanzas it is not XMPP. A byte
    /// order mark of UTF-16 or a zero byte shows an encoding other than UTF-8.
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
            // A quick way for letters, which make up most of a tag: all of them are above `>`.
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
                    // The `>` is scanned again, as part of the stanza that is skipped.
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
        // While a stanza is skipped, libxml2 does not check it. A `<` in a value then means that a closing quote is
        // missing, and the end of the stanza would never be found.
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
