/// The verbs that are used in more than one place. A verb with only a handler is a literal in its `HandlerRow`.
extension Verb {
    static let batch: Verb = "BATCH"
    static let cap: Verb = "CAP"
    static let join: Verb = "JOIN"
    static let kick: Verb = "KICK"
    static let nick: Verb = "NICK"
    static let notice: Verb = "NOTICE"
    static let part: Verb = "PART"
    static let pass: Verb = "PASS"
    static let ping: Verb = "PING"
    static let pong: Verb = "PONG"
    static let privmsg: Verb = "PRIVMSG"
    static let quit: Verb = "QUIT"
    static let tagmsg: Verb = "TAGMSG"
    static let topic: Verb = "TOPIC"
    static let user: Verb = "USER"
}
