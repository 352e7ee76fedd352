import GatewayKit

/// One user on the echo network: always online, and alone there but for `echo`.
final class TemplateSession: AdapterSession {
    private static let lobby = RoomAddress(network: TemplateRules.network, name: "#lobby")

    private let settings: TemplateSettings
    private let events: EventSink
    private var nick: String
    private var isInLobby = false
    private var topic: Topic?
    private var isClosed = false

    init(_ account: Account, settings: TemplateSettings, events: EventSink) {
        self.settings = settings
        self.events = events
        let wanted = account.settings["nick"] ?? account.preferredNick
        nick = (try? TemplateRules.check(nick: wanted)) == nil ? "guest" : wanted
        events.emit(.state(.online(nick: nick)))
    }

    /// An echo comes only when somebody has asked for it.
    func pause() {}
    func resume() {}

    func capabilities(for address: Address) -> Capabilities {
        switch address {
        case .network: Capabilities([.nickChange: .full])
        case .peer: Capabilities([.message: .full, .action: .full, .deliveryReport: .full])
        case .room: Capabilities([.message: .full, .action: .full, .topic: .full, .nickChange: .full])
        }
    }

    func perform(_ request: Request) {
        guard !isClosed else { return }
        do throws(Failure) {
            switch request.action {
            case .send(let message): try send(message, request.id)
            case .join(let room, password: _): try join(room, request.id)
            case .leave(let room, let reason): try leave(room, reason: reason, request.id)
            case .changeNick(let nick): try changeNick(to: nick, request.id)
            case .setTopic(let room, let text): try setTopic(of: room, to: text, request.id)
            case .kick: throw Failure(.unsupported, "Nobody can be removed from a room here.")
            }
        } catch {
            events.emit(.failed(request.id, error))
        }
    }

    func close(reason: String, done: @escaping () -> Void) {
        isClosed = true
        done()
    }

    private func send(_ message: OutboundMessage, _ id: RequestID) throws(Failure) {
        switch message.to {
        case .network: throw Failure(.unsupported, "The network itself takes no messages.")
        case .peer(let peer):
            events.emit(.accepted(id, as: nil))
            events.emit(.delivered(id))
            events.emit(.message(InboundMessage(from: .peer(peer), text: message.text, form: message.inboundForm)))
        case .room(let room):
            try requireInside(room)
            events.emit(.accepted(id, as: nil))
            say(message.text, form: message.inboundForm)
        }
    }

    private func join(_ room: RoomAddress, _ id: RequestID) throws(Failure) {
        guard room == Self.lobby else { throw Failure(.notFound, "There is no such room. Try \(Self.lobby.name).") }
        isInLobby = true
        events.emit(.joined(room, JoinedRoom(nick: nick, occupants: ["echo", nick].map(occupant), topic: topic)))
        events.emit(.accepted(id, as: nil))
        if let greeting = settings.greeting { say(greeting, form: .text) }
    }

    private func leave(_ room: RoomAddress, reason: String?, _ id: RequestID) throws(Failure) {
        try requireInside(room)
        isInLobby = false
        events.emit(.left(room, .left(reason: reason)))
        events.emit(.accepted(id, as: nil))
    }

    private func changeNick(to new: String, _ id: RequestID) throws(Failure) {
        try TemplateRules.check(nick: new)
        if isInLobby, new != nick { events.emit(.occupantRenamed(Self.lobby, from: nick, to: occupant(new))) }
        nick = new
        events.emit(.accepted(id, as: nil))
    }

    private func setTopic(of room: RoomAddress, to text: String, _ id: RequestID) throws(Failure) {
        try requireInside(room)
        let new = Topic(text: text, author: nick)
        topic = text.isEmpty ? nil : new
        events.emit(.topicChanged(room, new))
        events.emit(.accepted(id, as: nil))
    }

    private func requireInside(_ room: RoomAddress) throws(Failure) {
        guard isInLobby, room == Self.lobby else {
            throw Failure(.notInRoom, "You are not in this room. Join it first.")
        }
    }

    private func say(_ text: String, form: InboundMessage.Form) {
        events.emit(.message(InboundMessage(from: .room(Self.lobby, nick: "echo"), text: text, form: form)))
    }

    private func occupant(_ nick: String) -> Occupant {
        Occupant(nick: nick, rank: .none, address: PeerAddress(network: TemplateRules.network, name: nick.lowercased()))
    }
}

extension OutboundMessage {
    /// How the message looks when it comes back.
    fileprivate var inboundForm: InboundMessage.Form { form == .action ? .action : .text }
}
