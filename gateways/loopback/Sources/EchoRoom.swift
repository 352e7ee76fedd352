import GatewayKit

/// The room of one user, as a value: actions go in, events come out. The other occupant is `echo`, which repeats what
/// the user says.
struct EchoRoom {
    static let echo = "echo"
    private static let greeting = "Welcome. I repeat what you say."

    private(set) var nick: String
    private var isInside = false
    private var topic: Topic?

    /// - Parameter nick: the name that the user wants; `guest` if it cannot be used.
    init(nick: String) { self.nick = Self.isUsable(nick) ? nick : "guest" }

    /// Whether a text can be the user's name: 1 to 63 ASCII letters and digits, and not the name of the other occupant.
    static func isUsable(_ nick: String) -> Bool {
        nick.lowercased() != echo && LoopbackRules.isName(nick.lowercased())
    }

    mutating func enter(_ room: RoomAddress) throws(Failure) -> [Event] {
        guard room == LoopbackRules.room else {
            throw Failure(.notFound, "There is no such room. Try \(LoopbackRules.room.name).")
        }
        isInside = true
        let occupants = [Self.echo, nick].map(Self.occupant)
        return [
            event(.joined(JoinedRoom(nick: nick, occupants: occupants, topic: topic))),
            said(.text(Text(Self.greeting))),
        ]
    }

    mutating func leave(reason: String?) throws(Failure) -> [Event] {
        try requireInside()
        isInside = false
        return [event(.left(.left(reason: reason)))]
    }

    func say(_ text: Text) throws(Failure) -> [Event] {
        try requireInside()
        return [said(.text(text))]
    }

    mutating func setTopic(_ text: String) throws(Failure) -> [Event] {
        try requireInside()
        let new = Topic(text: text, author: nick)
        topic = text.isEmpty ? nil : new
        return [event(.topicChanged(new))]
    }

    mutating func rename(to new: String) throws(Failure) -> [Event] {
        guard Self.isUsable(new) else {
            throw Failure(.conflict, "A name has 1 to 63 letters and digits, and is not echo.")
        }
        defer { nick = new }
        return isInside && new != nick ? [event(.occupantRenamed(from: nick, to: Self.occupant(new)))] : []
    }

    private func requireInside() throws(Failure) {
        guard isInside else { throw Failure(.notInRoom, "You are not in this room. Enter it first.") }
    }

    private func event(_ event: RoomEvent) -> Event { .room(LoopbackRules.room, event) }

    private func said(_ content: Content) -> Event {
        .message(InboundMessage(from: .room(LoopbackRules.room, nick: Self.echo), content))
    }

    private static func occupant(_ nick: String) -> Occupant {
        Occupant(nick: nick, rank: .none, address: LoopbackRules.peer(nick.lowercased()))
    }
}
