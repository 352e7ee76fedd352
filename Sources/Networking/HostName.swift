/// The rules for host names (RFC 1123 §2.1, RFC 1035 §2.3.4); `_` is allowed too, because it is in use.
///
/// Other texts are never looked up: `/etc/hosts` and the DNS cannot hold them, and C would cut a name with a zero
/// byte. Names in other scripts are not converted (IDNA); they have to be written as `xn--…`.
enum HostName {
    /// The reason why a text cannot be a host name, as a text for the operator; nil if it can.
    static func defect(in name: String) -> String? {
        let bytes = name.utf8.last == UInt8(ascii: ".") ? name.utf8.dropLast() : name.utf8[...]
        guard bytes.count <= 253 else { return "longer than 253 bytes" }
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return "not ASCII; write such a name as xn--…" }
        for label in bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...63).contains(label.count) else { return "a part between dots is empty or longer than 63 bytes" }
            guard label.allSatisfy(isOfName) else {
                return "has a character other than letters, digits, hyphens, underscores and dots"
            }
        }
        return nil
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
