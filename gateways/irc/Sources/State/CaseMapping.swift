import Basics

/// The rule by which a network compares names (RPL_ISUPPORT `CASEMAPPING`): the letters that count as equal.
enum CaseMapping: String, Sendable {
    /// A–Z only.
    case ascii
    /// A–Z, and `[]\~` equal `{}|^`, as on Scandinavian keyboards (RFC 1459 §2.2).
    case rfc1459
    /// Like `rfc1459`, but without `~` and `^`.
    case strictRFC1459 = "rfc1459-strict"

    /// Unknown mappings, such as `rfc7613`, are read as `ascii`, which all of them contain. Nil for an empty token.
    init?(token: String) {
        switch token.lowercased() {
        case "": return nil
        case "rfc1459": self = .rfc1459
        case "rfc1459-strict", "strict-rfc1459": self = .strictRFC1459
        default: self = .ascii
        }
    }

    /// Returns the name in the form by which it is compared and looked up.
    func fold(_ name: String) -> FoldedName {
        let isSame = name.utf8.withContiguousStorageIfAvailable { isFolded(UnsafeRawBufferPointer($0)) }
        if isSame == true { return FoldedName(ExactText(name)) }
        return FoldedName(ExactText(String(decoding: name.utf8.map(fold), as: UTF8.self)))
    }

    /// Whether folding changes no byte.
    private func isFolded(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // `A` to `Z`, or to `]`, as distances from `A`.
        let last = ByteScan.block(self == .ascii ? 25 : 28)
        let tilde = ByteScan.block(self == .rfc1459 ? UInt8(ascii: "~") : UInt8(ascii: "A"))
        return !ByteScan.contains(in: bytes) { block in
            ((block &- ByteScan.block(UInt8(ascii: "A"))) .<= last) .| (block .== tilde)
        }
    }

    private func fold(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
        // [ \ ] become { | }, which lie 32 higher, as with letters.
        case 0x5B...0x5D where self != .ascii: byte + 32
        case UInt8(ascii: "~") where self == .rfc1459: UInt8(ascii: "^")
        default: byte
        }
    }
}

/// A nick or channel name for comparison, byte by byte as IRC servers compare. Only `CaseMapping.fold` makes it. It is
/// never shown to users.
struct FoldedName: Hashable, Sendable {
    private let exact: ExactText
    var text: String { exact.text }

    fileprivate init(_ exact: ExactText) { self.exact = exact }
}
