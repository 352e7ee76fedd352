/// What a line of ours asks the network to do, as far as answers tell them apart.
struct RequestKinds: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let message = RequestKinds(rawValue: 1)
    static let join = RequestKinds(rawValue: 2)
    static let part = RequestKinds(rawValue: 4)
    static let topic = RequestKinds(rawValue: 8)
    static let kick = RequestKinds(rawValue: 16)
    static let nick = RequestKinds(rawValue: 32)
    static let all: RequestKinds = [.message, .join, .part, .topic, .kick, .nick]

    /// The command of a line, as errors name it.
    init(command: String) {
        switch command.uppercased() {
        case "PRIVMSG": self = .message
        case "JOIN": self = .join
        case "PART": self = .part
        case "TOPIC": self = .topic
        case "KICK": self = .kick
        case "NICK": self = .nick
        default: self = []
        }
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }
}
