/// A line of the protocol that a user has written. It is checked: it is one line, and its command does not break the
/// state of the session.
struct RawLine: Equatable, Sendable {
    let text: String
    let verb: Verb

    /// The reason why a text cannot be sent as a line of a user.
    enum Flaw: Error, Equatable {
        case empty
        /// The text has a line break or a NUL.
        case severalLines
        /// The line is longer than `OutboundLine.limit`.
        case tooLong
        /// The line does not begin with a command. It may begin with tags or a source, which only this program gives.
        case noCommand
        /// Only this program may send that command.
        case reserved(Verb)
    }

    /// Commands that would end or confuse the session, because the session itself logs in, sends PINGs as fences, lists
    /// channels and watches people.
    static let reserved: Set<Verb> = [
        .pass, .user, .quit, .cap, "AUTHENTICATE", "STARTTLS", "WEBIRC", "SERVER", "SERVICE", "ERROR", .batch, .ping,
        .pong, "MONITOR", "WATCH", "LIST", "ACK", "RESUME", "BOUNCER", "PROTOCTL", "NAMESX", "UHNAMES",
    ]

    init(_ typed: String) throws(Flaw) {
        let text = String(Substring(typed.utf8.drop { $0 == UInt8(ascii: " ") }))
        guard !text.utf8.allSatisfy({ $0 == UInt8(ascii: " ") }) else { throw .empty }
        guard !text.utf8.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) else { throw .severalLines }
        guard text.utf8.count <= OutboundLine.limit else { throw .tooLong }
        var command = String(Substring(text.utf8.prefix { $0 != UInt8(ascii: " ") }))
        guard let verb = command.withUTF8({ Verb(UnsafeRawBufferPointer($0)) }) else { throw .noCommand }
        guard !RawLine.reserved.contains(verb) else { throw .reserved(verb) }
        self.text = text
        self.verb = verb
    }
}

extension RawLine.Flaw {
    /// The reason and the next step, for the user.
    var words: String {
        switch self {
        case .empty: "The message has no command."
        case .severalLines: "Send one command in each message, without line breaks."
        case .tooLong: "The line is longer than the \(OutboundLine.limit) bytes that IRC takes."
        case .noCommand:
            "A line of the IRC protocol begins with a command, such as WHOIS or MODE. Send 'help' for more."
        case .reserved("LIST"):
            "For the list of channels, open the address of this network in your client's room browser."
        case .reserved(let verb): "The gateway itself uses \(verb), so you cannot send it."
        }
    }
}
