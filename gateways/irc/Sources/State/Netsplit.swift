import Basics

/// Recognises the reason that servers give in the QUITs of a netsplit: the names of the two servers.
enum Netsplit {
    /// Whether a QUIT with this reason belongs to a netsplit. The reason has two names, each with a dot, in characters
    /// of host names. Users cannot write such a reason, because servers put a mark before the words of users.
    static func isReason(_ words: String) -> Bool {
        let names = words.split(separator: " ", omittingEmptySubsequences: false)
        return names.count == 2 && names.allSatisfy(isServer)
    }

    private static func isServer(_ name: Substring) -> Bool {
        let bytes = name.utf8
        guard let dot = bytes.firstIndex(of: UInt8(ascii: ".")), dot != bytes.startIndex,
            bytes.last != UInt8(ascii: ".")
        else { return false }
        return bytes.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "-.*".utf8.contains($0) }
    }
}
