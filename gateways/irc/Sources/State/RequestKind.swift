/// The kind of a request, as far as the answers of the network differ.
enum RequestKind: UInt8, Sendable, CaseIterable {
    /// `message` has a text; `tagMessage` has tags alone; `ctcp` is a question to a person's program; `address` asks for a
    /// person's user name and host.
    case message, tagMessage, join, part, topic, kick, nick, invite, list, ctcp, whois, away, address
    /// A line that a user has written, or a typed command. It can have any IRC command.
    case raw
    /// `mode` changes modes, `modeList` asks for a list of masks.
    case mode, modeList

    /// The command of its lines.
    var verb: Verb {
        switch self {
        case .message, .ctcp: .privmsg
        case .tagMessage: .tagmsg
        case .join: .join
        case .part: .part
        case .topic: .topic
        case .kick: .kick
        case .nick: .nick
        case .invite: .invite
        case .list: .list
        case .raw: .invalid
        case .whois: .whois
        case .away: .away
        case .address: .userhost
        case .mode, .modeList: .mode
        }
    }

    /// The kind whose lines have this command, which an error reply names in upper or lower case.
    init?(command: String) {
        var command = command
        let verb = command.withUTF8 { Verb(UnsafeRawBufferPointer($0)) }
        // Only messages of several lines are sent in batches.
        if verb == .batch {
            self = .message
            return
        }
        guard let kind = RequestKind.allCases.first(where: { $0.verb == verb }) else { return nil }
        self = kind
    }

    /// Whether a network with `echo-message` sends us our own lines of this kind.
    var isEchoed: Bool { self == .message || self == .tagMessage || self == .ctcp }

    /// Whether only an event proves that the network has carried out the request. False for messages, TOPIC and PART,
    /// which a fence can prove, and for the lines of users, whose replies come before the answer to a fence.
    var needsEvent: Bool {
        switch self {
        case .message, .tagMessage, .ctcp, .topic, .part, .list, .raw, .away, .mode: false
        case .join, .kick, .nick, .invite, .whois, .modeList, .address: true
        }
    }
}

extension Set<RequestKind> {
    static let all = Set(RequestKind.allCases)
    /// The kinds that carry content to a person or a room.
    static let content: Set = [.message, .tagMessage, .ctcp]
}
