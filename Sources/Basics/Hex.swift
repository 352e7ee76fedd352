/// Reads and writes hexadecimal digits.
package enum Hex {
    /// Writes two digits for each byte, in lower case.
    @inlinable package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.underestimatedCount)
        for byte in bytes { text += [digit(byte >> 4), digit(byte & 15)] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The digit for a value below 16.
    @inlinable package static func digit(_ value: UInt8, uppercase: Bool = false) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: uppercase ? "A" : "a") + value - 10
    }

    /// The value of one digit in either case; nil if the byte is no hexadecimal digit.
    @inlinable package static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The number that one to eight digits stand for. Nil if there are more or fewer digits, or if a byte is no digit.
    @inlinable package static func number(_ digits: some Collection<UInt8>) -> UInt32? {
        guard (1...8).contains(digits.count) else { return nil }
        var number: UInt32 = 0
        for digit in digits {
            guard let value = value(digit) else { return nil }
            number = number << 4 | UInt32(value)
        }
        return number
    }

    /// The byte that two digits stand for. Nil if there are more or fewer digits, or if a byte is no digit.
    @inlinable package static func byte(_ digits: some Collection<UInt8>) -> UInt8? {
        digits.count == 2 ? number(digits).map { UInt8($0) } : nil
    }
}
