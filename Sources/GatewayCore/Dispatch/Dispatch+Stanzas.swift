import GatewayKit
import XML
import XMPP

/// Brings the stanzas of loaded users to the features. The users are allowed to use the gateway and are within their
/// allowances.
extension Dispatch {
    /// Brings a message to the feature that serves its target, or refuses it.
    func dispatch(_ message: Message, _ user: User, to: JID) {
        guard user.changes == 0 else { return hold(.message(message), user) }
        switch kernel.target(of: to) {
        case .failure(let error): home.refuse(message, StanzaError(error))
        case .success(let target):
            if let blocked = blockLists[user], blocked.blocks(target: target) { return home.refuse(message, .blocked) }
            let body = message.body
            if let encryption = message.encryption(beside: body) {
                return home.refuse(message, .encrypted(encryption, target))
            }
            if repeats.isRepeat(message, saying: body, of: user) { return repeated(message, user, target) }
            if kernel.routes.mayTakePayload(of: message), takesPayload(of: message, user, target) { return }
            guard let handler = kernel.routes.message(to: target) else { return home.refuse(message, .notServed) }
            handler(message, user, target)
        }
    }

    private func repeated(_ message: Message, _ user: User, _ target: Target) {
        kernel.count(.repeatsOut)
        for subscriber in kernel.routes.moments.messageRepeated { subscriber(message, user, target) }
    }

    /// Hands the message to the feature that has a route for one of its payloads. Returns false if there is none.
    private func takesPayload(of message: Message, _ user: User, _ target: Target) -> Bool {
        for route in kernel.routes.payloads where route.targets.contains(target.kind) {
            guard let payload = route.payload(of: message) else { continue }
            do throws(StanzaError) {
                try route.handler(payload, message, user, target)
            } catch {
                home.refuse(message, error)
            }
            return true
        }
        return false
    }

    /// Brings a presence to the feature that serves its target. Counts it if there is none.
    func dispatch(_ presence: Presence, _ user: User, to: JID) {
        guard user.changes == 0 else { return hold(.presence(presence), user) }
        switch kernel.target(of: to) {
        case .failure(let error):
            // The user cannot be present at an invalid address, so unavailable presence needs no answer.
            if presence.type != .unavailable { home.refuse(presence, StanzaError(error)) }
        case .success(let target):
            if !target.isInRoom, presence.type == .available, presence.first("x", namespace: MUCJoin.namespace) != nil {
                return home.refuse(presence, .noRoom)
            }
            if presence.type == .subscribe, let blocked = blockLists[user], blocked.blocks(target: target) {
                return home.refuse(presence, .blocked)
            }
            if let handler = kernel.routes.presence(presence.type, to: target) {
                handler(presence, user, target)
            } else {
                kernel.count(.stanzasIgnored)
            }
            guard presence.type == .available || presence.type == .unavailable else { return }
            for subscriber in kernel.routes.moments.presenceSeen { subscriber(presence, user, target) }
        }
    }

    /// Brings a get or set to the feature that serves it, and sends the answer or the refusal.
    func dispatch(_ iq: IQ, _ user: User, from: JID, to: JID) {
        guard user.changes == 0 else { return hold(.iq(iq), user) }
        guard let payload = iq.request else {
            return home.refuse(iq, StanzaError(.badRequest, "A request must have exactly one child element."))
        }
        switch kernel.target(of: to) {
        case .failure(let error): home.refuse(iq, StanzaError(error))
        case .success(let target):
            if let blocked = blockLists[user], blocked.blocks(target: target) { return home.refuse(iq, .blocked) }
            guard let route = kernel.routes.queries.route(for: payload, type: iq.type, target: target) else {
                return home.refuse(iq, .notServed)
            }
            let query = Query(iq: iq, payload: payload, user: user, from: from, to: to, target: target)
            do throws(StanzaError) {
                switch try route.answer(query) {
                case .result(let payload): home.send(iq.result(payload))
                case .answeredLater: break
                }
            } catch {
                home.refuse(iq, error)
            }
        }
    }
}

extension Target {
    /// Whether the target is a room or an occupant of one.
    fileprivate var isInRoom: Bool {
        switch self {
        case .room, .occupant: true
        case .gateway, .network, .peer: false
        }
    }
}

extension StanzaError {
    /// Refuses an encrypted message. Its fallback text is not sent either: it has no meaning on the network, and a link
    /// to an encrypted file contains the key.
    fileprivate static func encrypted(_ encryption: Encryption, _ target: Target) -> StanzaError {
        let place = target.isInRoom ? "in this room" : "in this conversation"
        let words =
            encryption == .file
            ? "This is a link to an encrypted file. People on the network cannot open it, so it was not sent. Turn off"
                + " the encryption \(place), and send the file again."
            : "This message is encrypted (\(encryption.rawValue)). People on the network cannot read it, so it was not"
                + " sent. Turn off the encryption \(place), and send it again."
        return StanzaError(.notAcceptable, words)
    }

    /// Answers a request to enter a room at an address that is no room.
    fileprivate static let noRoom = StanzaError(
        .itemNotFound, "There is no room at this address. Let your client list the rooms of this gateway.")
}
