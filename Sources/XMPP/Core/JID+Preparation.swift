import Basics
import CIDN

extension JID {
    /// The stringprep profiles of the three parts (RFC 6122 §2). ASCII, which is nearly all input, needs no libidn.
    enum Preparation {
        private static let maxBytes = 1023

        /// Nodeprep (RFC 6122 appendix A).
        static func local(_ text: String) throws(JIDError) -> String {
            if JID.isPlain(text, .local) { return text }
            switch try scan(text, .local, isForbidden: isForbiddenInLocal) {
            case .ready: return text
            case .upperCase: return text.lowercased()
            case .notASCII: return try prepare(text, .local, cidn_nodeprep)
            }
        }

        /// Resourceprep (RFC 6122 appendix B); case is kept, spaces are allowed.
        static func resource(_ text: String) throws(JIDError) -> String {
            if JID.isPlain(text, .resource) { return text }
            switch try scan(text, .resource, isForbidden: isControl) {
            case .ready, .upperCase: return text
            case .notASCII: return try prepare(text, .resource, cidn_resourceprep)
            }
        }

        /// Nameprep (RFC 3491), then the rules of host names.
        static func domain(_ text: String) throws(JIDError) -> String {
            if JID.isPlain(text, .domain) { return text }
            var domain: String
            switch try scan(text, .domain, isForbidden: isControl) {
            case .ready: domain = text
            case .upperCase: domain = text.lowercased()
            case .notASCII:
                // IDNA's full stops (RFC 3490 §3.1) that nameprep leaves as they are.
                domain = try prepare(text, .domain, cidn_nameprep).map { $0 == "\u{3002}" ? "." : "\($0)" }.joined()
            }
            if domain.utf8.last == UInt8(ascii: ".") { domain.removeLast() }
            guard !domain.isEmpty else { throw .empty(.domain) }
            guard isHost(domain) else { throw .malformedDomain }
            return domain
        }

        private enum Form { case ready, upperCase, notASCII }

        private static func scan(
            _ text: String, _ part: JIDError.Part, isForbidden: (UInt8) -> Bool
        ) throws(JIDError) -> Form {
            let bytes = text.utf8
            guard !bytes.isEmpty else { throw .empty(part) }
            guard bytes.count <= maxBytes else { throw .tooLong(part) }
            var form = Form.ready
            for byte in bytes {
                if byte >= 0x80 {
                    form = .notASCII
                } else if isForbidden(byte) {
                    throw .forbiddenCharacter(part)
                } else if form == .ready, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) {
                    form = .upperCase
                }
            }
            return form
        }

        private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

        private static func isForbiddenInLocal(_ byte: UInt8) -> Bool {
            switch byte {
            case 0...0x20, 0x7F: true
            case UInt8(ascii: "\""), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "/"), UInt8(ascii: ":"),
                UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"):
                true
            default: false
            }
        }

        private static func prepare(
            _ text: String, _ part: JIDError.Part, _ profile: (UnsafeMutablePointer<CChar>?, Int) -> Int32
        ) throws(JIDError) -> String {
            // Normalisation may expand a text: in the worst case, U+FDFA, from 3 bytes to 33.
            var buffer = [CChar](repeating: 0, count: maxBytes * 11 + 1)
            for (index, byte) in text.utf8.enumerated() { buffer[index] = CChar(bitPattern: byte) }
            let outcome = buffer.withUnsafeMutableBufferPointer { profile($0.baseAddress, $0.count) }
            guard outcome == STRINGPREP_OK.rawValue else { throw .forbiddenCharacter(part) }
            let prepared = buffer.prefix { $0 != 0 }
            guard !prepared.isEmpty else { throw .empty(part) }
            guard prepared.count <= maxBytes else { throw .tooLong(part) }
            return String(decoding: prepared.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}

extension JID.Preparation {
    private static func isHost(_ domain: String) -> Bool {
        if domain.utf8.first == UInt8(ascii: "[") { return isIPv6Literal(domain) }
        return domain.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            isLabel($0)
        }
    }

    /// Whether a label has letters, digits and inner hyphens only (RFC 5890 §2.3.1); the underscore is allowed too,
    /// because private host names use it. The server has looked the name up, so it is not checked which characters
    /// beyond ASCII are letters.
    private static func isLabel(_ label: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = label.first, let last = label.last, first != 0x2D, last != 0x2D else { return false }
        return label.count <= 63
            && label.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x61...0x7A, 0x2D, 0x5F, 0x80...: true
                default: false
                }
            }
    }

    /// Whether a domain is `[…]` around hexadecimal groups with at most one `::`, and an optional IPv4 address at the
    /// end (RFC 3986 §3.2.2).
    private static func isIPv6Literal(_ domain: String) -> Bool {
        guard domain.utf8.last == UInt8(ascii: "]") else { return false }
        let address = domain.dropFirst().dropLast()
        let halves = address.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, part) in parts.enumerated() {
                let isLast = index == halves.count - 1 && position == parts.count - 1
                if isLast, part.contains(".") {
                    guard isIPv4(part) else { return false }
                    groups += 2
                } else {
                    guard part.utf8.count <= 4, Hex.number(part.utf8) != nil else { return false }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups <= 7 : groups == 8
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.count <= 3 && part.allSatisfy { $0.isASCII && $0.isNumber } && UInt8(part) != nil
            }
    }
}
