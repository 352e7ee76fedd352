import GatewayKit

/// The nick that an account wants.
struct WantedNick: Equatable, Sendable {
    let name: String
    /// Whether a person chose it. Then a taken nick is an error. Otherwise the nick is a suggestion, and another one
    /// may replace it.
    let isChosen: Bool

    /// The nick of the settings. Without one, the nick that the user has asked for, if it is a valid nick. Otherwise a
    /// suggestion made of `preferredNick`.
    init(of account: Account) {
        if let nick = account.settings["nick"] {
            self.init(name: nick, isChosen: true)
        } else if account.isNickChosen, WantedNick.isValid(account.preferredNick) {
            self.init(name: account.preferredNick, isChosen: true)
        } else {
            self = .suggestion(from: account.preferredNick)
        }
    }

    init(name: String, isChosen: Bool) {
        self.name = name
        self.isChosen = isChosen
    }

    /// Whether a name can be a nick: by RFC 2812 §2.3.1, but with any characters beyond ASCII that are visible, and at
    /// most 64 bytes. The server may have a lower limit.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !first.isASCIIDigit, first != UInt8(ascii: "-") else { return false }
        return name.utf8.count <= 64 && name.unicodeScalars.allSatisfy(isAllowed)
    }

    /// Makes a nick that is as similar as possible to any other name. Characters that a nick cannot have become `_`.
    /// The result has at most 31 characters and is never empty.
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
