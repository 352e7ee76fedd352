/// The nick that an account wants.
struct WantedNick: Equatable, Sendable {
    let name: String
    /// A person chose it, so taking another one silently would surprise; else it is only a suggestion.
    let isChosen: Bool

    /// What one can be in RFC 2812 §2.3.1, or beyond ASCII; the length is the server's matter.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !first.isASCIIDigit, first != UInt8(ascii: "-") else { return false }
        return name.utf8.count <= 64 && name.unicodeScalars.allSatisfy(isAllowed)
    }

    /// A nick as near as possible to a name from elsewhere. Never empty.
    static func suggestion(from name: String) -> WantedNick {
        var nick = String(String.UnicodeScalarView(name.unicodeScalars.prefix(30).map { isAllowed($0) ? $0 : "_" }))
        if nick.unicodeScalars.allSatisfy({ $0 == "_" }) { nick = "guest" }
        return WantedNick(name: isValid(nick) ? nick : "_" + nick, isChosen: false)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return !scalar.properties.isWhitespace && scalar.value >= 0xA0 }
        let byte = UInt8(truncatingIfNeeded: scalar.value)
        return byte.isASCIILetter || byte.isASCIIDigit || "-[]\\`_^{|}".utf8.contains(byte)
    }
}
