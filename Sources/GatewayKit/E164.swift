/// A telephone number in international form: `+`, then 7 to 15 digits, the first of which is not 0 (ITU-T E.164 §6).
/// This type checks only the form. An adapter checks whether such a number can exist.
package struct E164: Hashable, Sendable, CustomStringConvertible {
    /// The number with its leading `+`.
    package let rawValue: String

    /// Nil unless `text` has exactly this form.
    package init?(_ text: String) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (7...15).contains(digits.count),
            digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        rawValue = text
    }

    package var description: String { rawValue }
}
