import Basics

/// The words with which servers say that a link between them is broken: the names of two servers.
enum Netsplit {
    /// Whether a QUIT has these words: two names with a dot each, in characters that names of hosts have. Servers do not
    /// let users write such words: they put a mark before them.
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
