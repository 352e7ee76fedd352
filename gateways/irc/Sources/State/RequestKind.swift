/// The task of a line of ours on the network, as far as answers of the network tell tasks apart. A new kind is one more
/// case; there is room for 256.
enum RequestKind: UInt8, Sendable, CaseIterable {
    /// `message` has a text; `tagMessage` has tags alone.
    case message, tagMessage, join, part, topic, kick, nick

    /// The command of its lines.
    var verb: Verb {
        switch self {
        case .message: .privmsg
        case .tagMessage: .tagmsg
        case .join: .join
        case .part: .part
        case .topic: .topic
        case .kick: .kick
        case .nick: .nick
        }
    }

    /// The kind whose lines have this command, which an error reply names in upper or lower case.
    init?(command: String) {
        var command = command
        let verb = command.withUTF8 { Verb(UnsafeRawBufferPointer($0)) }
        guard let kind = RequestKind.allCases.first(where: { $0.verb == verb }) else { return nil }
        self = kind
    }

    /// A network with `echo-message` shows this to us as it shows it to others.
    var isEchoed: Bool { self == .message || self == .tagMessage }

    /// The network shows this as an event, and nothing else proves that it is done. True for all but messages, topics
    /// and goodbyes to rooms.
    var needsEvent: Bool {
        switch self {
        case .message, .tagMessage, .topic, .part: false
        case .join, .kick, .nick: true
        }
    }
}

extension Set<RequestKind> {
    static let all = Set(RequestKind.allCases)
    /// What is said to a person or in a room.
    static let spoken: Set = [.message, .tagMessage]
}
