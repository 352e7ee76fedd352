import Basics
import Crypto

/// Names of another network inside an address, one to one.
///
/// Preparation (RFC 6122) makes one text of many: `ｂob`, `bo\u{200B}b` and `bob` are the same resource afterwards, and
/// some texts are refused. A network may take all of them for different people. So a character that preparation would
/// change is written as `\u{…}` with its number in lower-case hexadecimal digits. A backslash that would read as such
/// an escape is escaped too. Names that preparation leaves unchanged, which is nearly all, are not escaped.
package enum ForeignName {
    /// The resource that stands for a name. Two different names, compared by their bytes, never have the same
    /// resource.
    ///
    /// A name that is empty, or too long for a resource, gets a resource that stands for nobody.
    package static func resource(for name: String) -> String {
        if isPlain(name) { return name }
        if let resource = escaped(name, isStableResource) { return resource }
        return substitute(for: name)
    }

    /// The name that a resource stands for, as the inverse of `resource(for:)`. Any other resource stands for itself.
    package static func name(ofResource resource: String) -> String {
        guard let name = unescaped(resource), self.resource(for: name).hasSameBytes(as: resource) else {
            return resource
        }
        return name
    }

    /// A local part, before XEP-0106 escaping, in which every character is escaped that preparation would change; nil
    /// if it becomes too long. The caller decides whether escapes are needed: to a network, case may not matter.
    package static func localpart(for name: String) -> String? {
        escaped(name, isStableLocalpart)
    }

    /// Whether clients accept a local part if they prepare addresses by PRECIS (RFC 7622 §3.3, RFC 8264 §4.2.1).
    /// Beyond ASCII, PRECIS allows letters, digits and marks only, and no symbols such as emoji.
    package static func isIdentifier(_ localpart: String) -> Bool {
        localpart.unicodeScalars.allSatisfy { scalar in
            guard !scalar.isASCII else { return true }
            switch scalar.properties.generalCategory {
            case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .nonspacingMark,
                .spacingMark:
                return true
            default: return false
            }
        }
    }

    /// The text that a local part stands for after XEP-0106 unescaping.
    package static func name(ofLocalpart localpart: String) -> String { unescaped(localpart) ?? localpart }

    /// Whether a name is visible ASCII without a backslash, and so stands for itself.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 1_023
            && name.utf8.withContiguousStorageIfAvailable { bytes in
                bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != backslash }
            } ?? false
    }

    private static let backslash = UInt8(ascii: "\\")

    private static func isStableResource(_ text: String) -> Bool {
        guard let prepared = try? JID.Preparation.resource(text) else { return false }
        return prepared.hasSameBytes(as: text)
    }

    private static func isStableLocalpart(_ text: String) -> Bool {
        let escaped = JID.escape(text)
        guard isIdentifier(text), let prepared = try? JID.Preparation.local(escaped) else { return false }
        // XEP-0106 drops spaces at either end.
        return prepared.hasSameBytes(as: escaped) && JID.unescape(escaped).hasSameBytes(as: text)
    }

    /// Tries, in this order: no escapes; escapes for the characters that preparation changes or refuses each by
    /// itself; escapes for all characters beyond ASCII, for names of which preparation changes or refuses only the
    /// combination.
    private static func escaped(_ name: String, _ isStable: (String) -> Bool) -> String? {
        let literal = write(name) { _ in false }
        if isStable(literal) { return literal }
        let single = write(name) { !isStable(String(Character($0))) }
        if isStable(single) { return single }
        let all = write(name) { !$0.isASCII || !isStable(String(Character($0))) }
        return isStable(all) ? all : nil
    }

    private static func write(_ name: String, escaping isEscaped: (Unicode.Scalar) -> Bool) -> String {
        var text = String.UnicodeScalarView()
        var rest = name.unicodeScalars[...]
        while let scalar = rest.first {
            if scalar == "\\" ? escape(at: rest) != nil : isEscaped(scalar) {
                text.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                text.append(scalar)
            }
            rest = rest.dropFirst()
        }
        return String(text)
    }

    /// The text without its escapes; nil if it has no escape.
    private static func unescaped(_ text: String) -> String? {
        guard text.utf8.contains(backslash) else { return nil }
        var name = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        var isChanged = false
        while let scalar = rest.first {
            let escape = scalar == "\\" ? escape(at: rest) : nil
            name.append(escape?.scalar ?? scalar)
            rest = rest.dropFirst(escape?.length ?? 1)
            isChanged = isChanged || escape != nil
        }
        return isChanged ? String(name) : nil
    }

    /// The escape at the beginning of a text: `\u{`, one to six digits, `}`; nil if there is none.
    private static func escape(at text: Substring.UnicodeScalarView) -> (scalar: Unicode.Scalar, length: Int)? {
        guard text.starts(with: "\\u{".unicodeScalars) else { return nil }
        let digits = text.dropFirst(3).prefix(7).prefix { isDigit($0) }
        guard (1...6).contains(digits.count), text.dropFirst(3 + digits.count).first == "}",
            let scalar = UInt32(String(digits), radix: 16).flatMap(Unicode.Scalar.init)
        else { return nil }
        return (scalar, digits.count + 4)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar) || ("a"..."f").contains(scalar)
    }

    /// A resource for a name that cannot be written: the beginning of the name as far as it is plain, and a digest
    /// that tells it from other names.
    private static func substitute(for name: String) -> String {
        let start = String(name.unicodeScalars.prefix { $0.isASCII && $0.value > 0x20 && $0.value != 0x7F }.prefix(32))
        return start + "\\u{}" + Hex.encode(SHA256.hash(data: Array(name.utf8)).prefix(8))
    }
}
