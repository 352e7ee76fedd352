import GatewayKit

/// The session of one user on the loopback network. It is always online, and every request is answered at once.
final class LoopbackSession: AdapterSession {
    private static let messages: [Ability: Capabilities.Grade] = [
        .text: .full, .action: .full, .notice: .full, .file: .fallback, .typing: .dropped, .read: .dropped,
    ]
    private static let capabilities = CapabilityTable(
        network: Capabilities([.nickChange: .full, .presence: .dropped]),
        peers: Capabilities(messages.merging([.deliveryReport: .full]) { $1 }),
        rooms: Capabilities(messages.merging([.join: .full, .topic: .full]) { $1 }))

    private let phone: LoopbackPhone
    private let events: EventSink
    private var room: EchoRoom
    private var isClosed = false

    init(_ account: Account, phone: LoopbackPhone, events: EventSink) {
        self.phone = phone
        self.events = events
        room = EchoRoom(nick: account.settings["nick"] ?? account.preferredNick)
        Self.capabilities.announce(to: events)
        events.emit(.state(.online(nick: room.nick)))
        phone.connect(events)
    }

    // There is nothing to pause: the network writes only when it is written to.

    func pause() {}
    func resume() {}

    func perform(_ request: Request) {
        guard !isClosed else { return }
        do throws(Failure) {
            switch request.action {
            case .send(.text(let text), to: let address): try send(text, to: address, request.id)
            case .send(.file(let file), to: let address): try send(file.asText, to: address, request.id)
            case .join(let place, password: _): try carryOut(request.id, room.enter(place))
            case .leave(_, let reason): try carryOut(request.id, room.leave(reason: reason))
            case .room(_, .topic(let text)): try carryOut(request.id, room.setTopic(text))
            case .changeNick(let nick): try carryOut(request.id, room.rename(to: nick))
            default:
                guard Self.capabilities.capabilities(of: request.action.address).drops(request.action) else {
                    throw Failure(.unsupported, "The loopback network cannot do this.")
                }
                events.emit(.outcome(request.id, .accepted(as: nil)))
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
        case .network: throw Failure(.unsupported, "The network itself takes no messages. Write to echo.")
        case .peer(LoopbackRules.phone): phone.take(text, id, events)
        case .peer(LoopbackRules.person):
            carryOut(id, [])
            events.emit(.outcome(id, .delivered))
            events.emit(.message(InboundMessage(from: .peer(LoopbackRules.person), .text(text))))
        case .peer(let peer):
            let other = LoopbackRules.isPhone(peer) ? LoopbackRules.phone : LoopbackRules.person
            throw Failure(.notFound, "There is no \(peer.name) here. Write to \(other.name).")
        case .room:
            let echo = try room.say(text)
            carryOut(id, [])
            for event in echo { events.emit(event) }
        }
    }

    /// Emits the event that shows the effect of a request, then that it is accepted, then what follows from it.
    private func carryOut(_ id: RequestID, _ effects: [Event]) {
        phone.note()
        if let effect = effects.first { events.emit(effect) }
        events.emit(.outcome(id, .accepted(as: nil)))
        for event in effects.dropFirst() { events.emit(event) }
    }
}
