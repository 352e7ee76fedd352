import Basics
import GatewayKit

/// The other end of a text message: a number, a short code, or a sender without a number.
///
/// Its name in addresses is the one that Cheogram uses, so that users of Cheogram can move without changing addresses:
/// `+15551234567`, `33733;phone-context=…`, and for senders that cannot be answered a number made of their name.
enum Correspondent: Hashable, Sendable {
    case number(E164)
    /// 3 to 8 digits that are a number in one country only (`context`).
    case shortCode(String, context: String)
    /// A sender with a name instead of a number. The text holds the digits that stand for the name.
    case named(String)
    /// A sender with a hidden number. The text holds the two digits by which Cheogram tells the ways of hiding apart.
    case withheld(String)

    /// The kind of address for `CapabilityTable`: nil for an ordinary number, otherwise `shortCodes` or `unanswerable`.
    var kind: String? {
        switch self {
        case .number: nil
        case .shortCode: Self.shortCodes
        case .named, .withheld: Self.unanswerable
        }
    }

    static let shortCodes = "short-code"
    /// The kind of senders with a name or a hidden number. No text message can be sent to them.
    static let unanswerable = "unanswerable"

    /// The name in addresses; `Correspondent(localpart:)` reads it back.
    var localpart: String {
        switch self {
        case .number(let number): number.rawValue
        case .shortCode(let digits, let context): digits + Self.contextMark + context
        case .named(let digits): digits + Self.contextMark + Self.namedContext
        case .withheld(let digits): digits + Self.contextMark + Self.withheldContext
        }
    }

    /// Reads exactly what `localpart` writes. Whether a number can exist is not checked here.
    init?(localpart: String) {
        if let number = E164(localpart) {
            self = .number(number)
            return
        }
        guard let mark = localpart.firstRange(of: Self.contextMark) else { return nil }
        let digits = String(localpart[..<mark.lowerBound])
        let context = String(localpart[mark.upperBound...])
        guard digits.isASCIIDigits else { return nil }
        switch context {
        case Self.namedContext where digits.utf8.count <= 7 * Self.longestName: self = .named(digits)
        case Self.withheldContext where digits.utf8.count == 2: self = .withheld(digits)
        case Self.namedContext, Self.withheldContext: return nil
        default:
            guard Self.shortCodeLengths.contains(digits.utf8.count), Self.isShortCodeContext(context) else {
                return nil
            }
            self = .shortCode(digits, context: context)
        }
    }

    static let shortCodeLengths = 3...8
    static let northAmericanContext = "ca-us.phone-context.soprani.ca"
    static let namedContext = "alphanumeric.phone-context.soprani.ca"
    static let withheldContext = "anonymous.phone-context.soprani.ca"
    private static let contextMark = ";phone-context="
    /// Maximum of characters of a sender's name. GSM allows 11 (3GPP TS 23.040 §9.1.2.5). Other networks send longer
    /// names, such as `whatsapp:+5215512345678`. `InboundFields` refuses a call with a longer sender, so no name is
    /// ever cut: two cut names could be equal.
    static let longestName = 128

    /// Whether a context is the North American one, or a country code as in RFC 3966 §5.1.5.
    private static func isShortCodeContext(_ context: String) -> Bool {
        if context == northAmericanContext { return true }
        let digits = context.dropFirst()
        return context.first == "+" && (1...3).contains(digits.utf8.count) && digits.isASCIIDigits
            && digits.first != "0"
    }
}

extension Correspondent {
    /// Makes the correspondent for a sender that is not a number. The same text always gives the same correspondent.
    init(senderName name: String) {
        let scalars = name.unicodeScalars.filter { $0.value > 0x20 || $0 == " " }.prefix(Self.longestName)
        let trimmed = String(String.UnicodeScalarView(scalars)).trimmed
        if let digits = Self.withheldNames[trimmed] {
            self = .withheld(digits)
        } else {
            self = .named(trimmed.unicodeScalars.map { String($0.value - 30) }.joined())
        }
    }

    /// The name for which the digits of a named sender stand; nil if they could stand for several. Letters and digits
    /// have two digits each (`init(senderName:)`). Other characters can have one or three.
    static func name(ofDigits digits: String) -> String? {
        var name = ""
        var rest = digits[...]
        while !rest.isEmpty {
            guard rest.count >= 2, let value = UInt8(rest.prefix(2)) else { return nil }
            let character = value + 30
            guard character.isASCIILetter || character.isASCIIDigit else { return nil }
            name.unicodeScalars.append(Unicode.Scalar(character))
            rest = rest.dropFirst(2)
        }
        return name.isEmpty ? nil : name
    }

    private static let withheldNames = [
        "": "17", "Restricted": "14", "anonymous": "15", "Anonymous": "16", "unavailable": "17", "Unavailable": "18",
    ]
}
