import Basics

/// The character sets in which providers send texts.
enum Charset: Sendable, Equatable {
    case utf8, latin1, windows1252, utf16BigEndian

    /// The names to which a profile may translate.
    static let names = ["utf-8", "iso-8859-1", "windows-1252", "utf-16be"]

    /// Finds a character set by its IANA name, in upper or lower case. Nil if it is not supported.
    init?(named name: String) {
        switch name.lowercased() {
        case "utf-8", "utf8", "us-ascii", "ascii": self = .utf8
        case "iso-8859-1", "latin1": self = .latin1
        case "windows-1252", "cp1252": self = .windows1252
        case "utf-16be", "utf16be", "ucs-2", "ucs-2be", "iso-10646-ucs-2": self = .utf16BigEndian
        default: return nil
        }
    }

    /// Decodes the bytes. Malformed bytes become U+FFFD.
    func decode(_ bytes: [UInt8]) -> String {
        switch self {
        case .utf8: String(decoding: bytes, as: UTF8.self)
        case .latin1: String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        case .windows1252: Windows1252.decode(bytes)
        case .utf16BigEndian: String(decoding: Self.units(bytes), as: UTF16.self)
        }
    }

    private static func units(_ bytes: [UInt8]) -> [UInt16] {
        stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
            + (bytes.count % 2 == 0 ? [] : [0xFFFD])
    }
}
