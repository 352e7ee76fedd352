import GatewayKit

/// The session of one user on the echo network. It is always online, and the only other occupant of the room is `echo`.
final class TemplateSession: AdapterSession {
    private static let lobby = RoomAddress(network: TemplateRules.network, name: "#lobby")

    private let settings: TemplateSettings
    private let network: EchoNetwork
    private let events: EventSink
    private var nick: String
    private var isInLobby = false
    private var topic: Topic?
    private var isClosed = false

    init(_ account: Account, settings: TemplateSettings, network: EchoNetwork, events: EventSink) {
        self.settings = settings
        self.network = network
        self.events = events
        let wanted = account.settings["nick"] ?? account.preferredNick
        nick = (try? TemplateRules.check(nick: wanted)) == nil ? "guest" : wanted
        Self.capabilities.announce(to: events)
        events.emit(.state(.online(nick: nick)))
    }

    // There is nothing to pause: the network sends only answers to requests.

    func pause() {}
    func resume() {}

    /// Performs a request, and emits its outcome.
    func perform(_ request: Request) {
        guard !isClosed else { return }
        do throws(Failure) {
            switch request.action {
            case .send(.text(let text), to: let address): try send(text, to: address, request.id)
            case .send(.file(let file), to: let address): try send(file.asText, to: address, request.id)
            case .join(let room, password: _): try join(room, request.id)
            case .leave(let room, let reason): try leave(room, reason: reason, request.id)
            case .changeNick(let nick): try changeNick(to: nick, request.id)
            case .room(let room, .topic(let text)): try setTopic(of: room, to: text, request.id)
            default: try drop(request)
            }
        } catch {
            events.emit(.outcome(request.id, .failed(error)))
        }
    }

    /// Ends the session. No event is emitted afterwards.
    func close(reason: String, done: @escaping () -> Void) {
        isClosed = true
        done()
    }

    private func send(_ text: Text, to address: Address, _ id: RequestID) throws(Failure) {
        switch address {
        case .network: throw Failure(.unsupported, "The network itself takes no messages.")
        case .peer(let peer):
            let echo = network.echo(text)
            accept(id)
            events.emit(.outcome(id, .delivered))
            events.emit(.message(InboundMessage(from: .peer(peer), echo)))
        case .room(let room):
            try requireInside(room)
            let echo = network.echo(text)
            accept(id)
            say(echo)
        }
    }

    private func join(_ room: RoomAddress, _ id: RequestID) throws(Failure) {
        guard room == Self.lobby else { throw Failure(.notFound, "There is no such room. Try \(Self.lobby.name).") }
        network.take()
        isInLobby = true
        let joined = JoinedRoom(nick: nick, occupants: ["echo", nick].map(occupant), topic: topic)
        events.emit(.room(room, .joined(joined)))
        accept(id)
        if let greeting = settings.greeting { say(.text(Text(greeting))) }
    }

    private func leave(_ room: RoomAddress, reason: String?, _ id: RequestID) throws(Failure) {
        try requireInside(room)
        network.take()
        isInLobby = false
        events.emit(.room(room, .left(.left(reason: reason))))
        accept(id)
    }

    private func changeNick(to new: String, _ id: RequestID) throws(Failure) {
        try TemplateRules.check(nick: new)
        network.take()
        if isInLobby, new != nick {
            events.emit(.room(Self.lobby, .occupantRenamed(from: nick, to: occupant(new))))
        }
        nick = new
        accept(id)
    }

    private func setTopic(of room: RoomAddress, to text: String, _ id: RequestID) throws(Failure) {
        try requireInside(room)
        network.take()
        let new = Topic(text: text, author: nick)
        topic = text.isEmpty ? nil : new
        events.emit(.room(room, .topicChanged(new)))
        accept(id)
    }

    private func requireInside(_ room: RoomAddress) throws(Failure) {
        guard isInLobby, room == Self.lobby else {
            throw Failure(.notInRoom, "You are not in this room. Join it first.")
        }
    }

    private func accept(_ id: RequestID) { events.emit(.outcome(id, .accepted(as: nil))) }

    private func say(_ content: Content) {
        events.emit(.message(InboundMessage(from: .room(Self.lobby, nick: "echo"), content)))
    }

    private func occupant(_ nick: String) -> Occupant {
        Occupant(nick: nick, rank: .none, address: PeerAddress(network: TemplateRules.network, name: nick.lowercased()))
    }
}

// MARK: - Capabilities

extension TemplateSession {
    /// The capabilities towards the network, peers and rooms. Here they never change. If yours do, emit
    /// `StateEvent.capabilities` each time.
    private static let capabilities = CapabilityTable(
        network: Capabilities([.nickChange: .full, .presence: .dropped]),
        peers: Capabilities(messages.merging([.deliveryReport: .full]) { $1 }),
        rooms: Capabilities(messages.merging([.join: .full, .topic: .full]) { $1 }))

    private static let messages: [Ability: Capabilities.Grade] = [
        .text: .full, .action: .full, .notice: .full, .file: .fallback, .typing: .dropped, .read: .dropped,
    ]

    /// Handles a request that this adapter does not serve. If the capabilities grade it as `dropped`, it is accepted
    /// without effect. Otherwise it is refused.
    private func drop(_ request: Request) throws(Failure) {
        guard Self.capabilities.capabilities(of: request.action.address).drops(request.action) else {
            throw Failure(.unsupported, "The echo network cannot do this.")
        }
        accept(request.id)
    }
}
