extension UInt8 {
    /// `0` to `9`.
    @inlinable package var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// `a` to `z` in either case.
    @inlinable package var isASCIILetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}

extension StringProtocol {
    /// Whether the text is one or more of `0` to `9` and nothing else. Digits of other scripts are none.
    @inlinable package var isASCIIDigits: Bool { !utf8.isEmpty && utf8.allSatisfy(\.isASCIIDigit) }
}
