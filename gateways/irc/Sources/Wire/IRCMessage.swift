/// One line from an IRC server, taken apart (RFC 1459 §2.3.1, IRCv3 message-tags).
///
/// Reading is lenient, because networks differ: see `init(_:)`. Lines that we send are `OutboundLine`s.
struct IRCMessage: Equatable, Sendable {
    var tags: MessageTags
    /// Who it comes from; nil if the server left it out, which means the server itself.
    var source: Source?
    var command: Command
    /// The last one without its colon.
    var parameters: [String]

    init(tags: MessageTags = MessageTags(), source: Source? = nil, command: Command, parameters: [String] = []) {
        self.tags = tags
        self.source = source
        self.command = command
        self.parameters = parameters
    }
}

/// What a line is about.
enum Command: Hashable, Sendable, CustomStringConvertible {
    /// Upper-case.
    case verb(String)
    /// A three-digit reply, 0…999.
    case numeric(Int)

    var description: String {
        switch self {
        case .verb(let verb): verb
        case .numeric(let number): String(String(1000 + number).dropFirst())
        }
    }
}

/// Where a line comes from: `nick!user@host`, a bare nick, or a server's name.
struct Source: Hashable, Sendable {
    /// A nick or a server's name; the line does not say which.
    var name: String
    var user: String?
    var host: String?

    init(name: String, user: String? = nil, host: String? = nil) {
        self.name = name
        self.user = user
        self.host = host
    }

    /// Reads `name[!user][@host]`.
    init(_ text: Substring) {
        let (beforeHost, host) = Source.split(text, at: "@")
        let (name, user) = Source.split(beforeHost, at: "!")
        self.init(name: String(name), user: user.map(String.init), host: host.map(String.init))
    }

    /// Nicks cannot contain a dot; servers' names nearly always do.
    var looksLikeServer: Bool { user == nil && host == nil && name.utf8.contains(UInt8(ascii: ".")) }

    private static func split(_ text: Substring, at mark: Character) -> (Substring, Substring?) {
        guard let position = text.utf8.firstIndex(of: mark.asciiValue ?? 0) else { return (text, nil) }
        return (text[..<position], text[text.utf8.index(after: position)...])
    }
}

/// Why a line from a server is not a message.
enum WireError: Error, Equatable {
    /// Nothing in it, or tags and source only.
    case noCommand
    /// The command is neither letters nor three digits.
    case malformedCommand
}
