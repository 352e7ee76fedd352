/// One line from an IRC server, split into its parts (RFC 1459 §2.3.1, IRCv3 message-tags).
///
/// Reading is lenient, because networks differ: see `init(bytes:)`. Lines that we send are `OutboundLine`s.
struct IRCMessage: Equatable, Sendable {
    var tags: MessageTags
    /// The user or server that sent the line. Nil if the server left it out, which means the server itself.
    var source: Source?
    var command: IRCCommand
    /// The parameters. The last one is without its colon.
    var parameters: [String]

    init(tags: MessageTags = MessageTags(), source: Source? = nil, command: IRCCommand, parameters: [String] = []) {
        self.tags = tags
        self.source = source
        self.command = command
        self.parameters = parameters
    }
}

/// The command of a line: a verb or a numeric.
enum IRCCommand: Hashable, Sendable, CustomStringConvertible {
    case verb(Verb)
    /// A three-digit reply, 0…999.
    case numeric(Int)

    var description: String {
        switch self {
        case .verb(let verb): verb.description
        case .numeric(let number): String(String(1000 + number).dropFirst())
        }
    }
}

/// The source of a line: `nick!user@host`, a bare nick, or a server's name.
struct Source: Hashable, Sendable {
    /// A nick or a server's name. The line does not say which.
    let name: String
    /// The rest with its mark: `!user@host` or `@host`. `user` and `host` are seldom used, so they are read on demand.
    private let rest: String

    init(name: String, user: String? = nil, host: String? = nil) {
        self.init(name: name, rest: (user.map { "!\($0)" } ?? "") + (host.map { "@\($0)" } ?? ""))
    }

    private init(name: String, rest: String) {
        self.name = name
        self.rest = rest
    }

    /// Reads `name[!user][@host]`.
    init(_ text: String) {
        var text = text
        self = text.withUTF8 { Source(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// Reads `name[!user][@host]` from bytes that are known to be UTF-8.
    init(utf8 text: UnsafeRawBufferPointer) {
        let end = text.firstIndex { $0 == UInt8(ascii: "!") || $0 == UInt8(ascii: "@") } ?? text.count
        self.init(name: String(text[..<end]), rest: String(text[end...]))
    }

    var user: String? {
        guard rest.utf8.first == UInt8(ascii: "!") else { return nil }
        return String(Substring(rest.utf8.dropFirst().prefix { $0 != UInt8(ascii: "@") }))
    }

    var host: String? {
        rest.utf8.firstIndex(of: UInt8(ascii: "@")).map { String(Substring(rest.utf8[$0...].dropFirst())) }
    }

    /// Whether the source is probably a server. Nicks cannot contain a dot, and servers' names nearly always do.
    var looksLikeServer: Bool { rest.isEmpty && name.utf8.contains(UInt8(ascii: ".")) }
}

extension String {
    /// Decodes bytes that are known to be UTF-8.
    init(_ bytes: Slice<UnsafeRawBufferPointer>) {
        self.init(decoding: UnsafeRawBufferPointer(rebasing: bytes), as: UTF8.self)
    }
}

/// The reason why a line from a server cannot be read.
enum WireError: Error, Equatable {
    /// The line is empty, or has only tags and a source.
    case noCommand
    /// The command is neither letters nor three digits.
    case malformedCommand
    /// The tags are longer than `MessageTags.limit`.
    case tagsTooLong
}
