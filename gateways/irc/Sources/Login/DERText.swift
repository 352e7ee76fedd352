/// Writes the values of DER (X.690 §8) that a certificate needs. Each function returns the whole value: tag, length and
/// content.
enum DERText {
    static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, parts.flatMap(\.self)) }
    static func set(_ parts: [UInt8]...) -> [UInt8] { value(0x31, parts.flatMap(\.self)) }
    static func explicit(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { value(0xA0 | number, content) }
    static func object(_ content: [UInt8]) -> [UInt8] { value(0x06, content) }
    static func text(_ text: String) -> [UInt8] { value(0x0C, Array(text.utf8)) }
    static func shortTime(_ text: String) -> [UInt8] { value(0x17, Array(text.utf8)) }
    static func longTime(_ text: String) -> [UInt8] { value(0x18, Array(text.utf8)) }
    static func bits(_ bytes: [UInt8]) -> [UInt8] { value(0x03, [0] + bytes) }

    /// - Parameter bytes: a positive number whose first bit is 0.
    static func integer(_ bytes: [UInt8]) -> [UInt8] { value(0x02, bytes) }

    private static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = content.count
        while rest > 0 {
            length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        let head = content.count < 0x80 ? [UInt8(content.count)] : [0x80 | UInt8(length.count)] + length
        return [tag] + head + content
    }
}
