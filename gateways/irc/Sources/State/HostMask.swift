/// A mask for people, `nick!user@host` with `*` and `?`. The masks of extended bans are none.
struct HostMask: Equatable, Sendable {
    let nick, user, host: String

    /// Reads a mask. Nil if it lacks a part.
    init?(_ text: String) {
        let parts = text.split(separator: "!", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let first = text.utf8.first, !"$~".utf8.contains(first) else { return nil }
        let rest = parts[1].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard rest.count == 2 else { return nil }
        (nick, user, host) = (String(parts[0]), String(rest[0]), String(rest[1]))
    }

    /// The mask for everybody at the address of a person, so that another nick does not end a ban. Where many people have
    /// one address with us, as users of one gateway, the mask also has the user name.
    ///
    /// - Parameter own: our own host.
    init(user: String, host: String, own: String?) {
        let isShared = host == own
        nick = "*"
        // A `~` means that the server has not checked the user name.
        self.user = isShared ? "*" + user.drop { $0 == "~" } : "*"
        self.host = host
    }

    var text: String { "\(nick)!\(user)@\(host)" }

    /// Whether a person fits the mask. A part that is not known fits.
    func matches(nick: String, user: String?, host: String?, _ mapping: CaseMapping) -> Bool {
        func fits(_ text: String?, _ pattern: String) -> Bool {
            text.map { Self.fits(mapping.fold($0).text, mapping.fold(pattern).text) } ?? true
        }
        return fits(nick, self.nick) && fits(user, self.user) && fits(host, self.host)
    }

    /// Whether a text fits a pattern. Takes at most as many steps as the product of their lengths.
    private static func fits(_ text: String, _ pattern: String) -> Bool {
        var (text, pattern) = (text.utf8[...], pattern.utf8[...])
        /// The rests behind the last star, to try again with one more byte for the star.
        var retry: (text: Substring.UTF8View, pattern: Substring.UTF8View)?
        while let byte = text.first {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                retry = (text, pattern)
            } else if let wanted = pattern.first, wanted == byte || wanted == UInt8(ascii: "?") {
                (text, pattern) = (text.dropFirst(), pattern.dropFirst())
            } else if let last = retry {
                (text, pattern) = (last.text.dropFirst(), last.pattern)
                retry = (text, pattern)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
