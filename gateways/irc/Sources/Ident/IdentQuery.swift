import Basics

/// A question to an ident server: who owns the connection between these two ports (RFC 1413 §2)? The first port is
/// that of this machine.
struct IdentQuery: Equatable {
    /// The longest accepted line in bytes, without its end. Two numbers, a comma and some spaces fit.
    static let limit = 64

    let ours: Int
    let theirs: Int

    /// Reads `6193, 23`. Nil if the text is anything else, or if a port is not from 1 to 65535.
    init?(_ line: some Collection<UInt8>) {
        guard line.count <= IdentQuery.limit else { return nil }
        let parts = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count == 2, let ours = IdentQuery.port(parts[0]), let theirs = IdentQuery.port(parts[1]) else {
            return nil
        }
        self.ours = ours
        self.theirs = theirs
    }

    /// The line that answers with the owner, or with the error `NO-USER` if there is none (RFC 1413 §3). It ends with
    /// CR LF.
    func answer(_ owner: IdentOwner?) -> String {
        let words = owner.map { "USERID : \($0.system) : \($0.name)" } ?? "ERROR : NO-USER"
        return "\(ours) , \(theirs) : \(words)\r\n"
    }

    private static func port(_ bytes: some Collection<UInt8>) -> Int? {
        let digits = String(decoding: bytes, as: UTF8.self).trimmed
        guard digits.isASCIIDigits, digits.utf8.count <= 5, let port = Int(digits), (1...65_535).contains(port) else {
            return nil
        }
        return port
    }
}

/// The owner of a connection, as an ident server names it.
struct IdentOwner: Equatable, Sendable {
    /// `OTHER` for a name that means something only to us, such as a hash. `UNIX` for the user's chosen name.
    let system: String
    /// Letters, digits, `.`, `_` and `-`.
    let name: String
}
