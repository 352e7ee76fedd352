import GatewayKit
import XMPP

/// From a stanza to the feature that answers it. A stanza never vanishes: what nobody wants is refused, but for
/// answers and errors, which must not be answered.
extension Switchboard {
    func received(_ stanza: consuming Stanza) {
        guard stanza.head.isTo(domainOf: settings.domain) else { return receivedMisrouted(stanza) }
        switch consume stanza {
        case .message(let message): received(message)
        case .presence(let presence): received(presence)
        case .iq(let iq): received(iq)
        }
    }

    private func received(_ message: Message) {
        guard let from = message.head.from, let to = message.head.to else { return count(.stanzasIgnored) }
        if message.type == .error { return receivedError(message, from: from, to: to) }
        guard settings.allows(from) else { return refuse(message, .notAllowedHere) }
        guard maySend(from) else { return refuse(message, tooFast) }
        switch readTarget(to) {
        case .failure(let error): refuse(message, StanzaError(error))
        case .success(.gateway), .success(.network): receivedGatewayMessage(message)
        case .success(.room(let room)): receivedRoomMessage(message, from: from, room: room)
        case .success(.occupant(let room, let nick)):
            receivedOccupantMessage(message, from: from, room: room, nick: nick)
        case .success(.peer(let peer)): receivedPeerMessage(message, from: from, peer: peer)
        }
    }

    private func received(_ presence: Presence) {
        guard let from = presence.head.from, let to = presence.head.to else { return count(.stanzasIgnored) }
        switch presence.type {
        case .error: return receivedPresenceError(from: from, to: to)
        case .unavailable: break
        default:
            guard settings.allows(from) else { return refuse(presence, .notAllowedHere) }
            guard maySend(from) else { return refuse(presence, tooFast) }
        }
        switch (readTarget(to), presence.type) {
        case (.failure(let error), let type):
            // Leaving a place that cannot exist is done already.
            if type != .unavailable { refuse(presence, StanzaError(error)) }
        case (.success(.occupant(let room, let nick)), .available):
            receivedRoomPresence(presence, from: from, room: room, nick: nick)
        case (.success(.occupant(let room, _)), .unavailable), (.success(.room(let room)), .unavailable):
            leave(room, member: from, reason: presence.status)
        case (.success(.room), .available):
            // A nick is needed (XEP-0045 §7.2.1).
            refuse(presence, StanzaError(.modify, .jidMalformed, "Add a nickname: room@service/nickname."))
        case (.success(let target), _):
            receivedContactPresence(presence, from: from, to: to, target: target)
        }
    }

    private func received(_ iq: IQ) {
        guard iq.type == .get || iq.type == .set else { return count(.stanzasIgnored) }
        guard let from = iq.head.from, let to = iq.head.to else { return count(.stanzasIgnored) }
        guard settings.allows(from) else { return send(iq.error(.notAllowedHere)) }
        guard maySend(from) else {
            count(.stanzaErrors)
            return send(iq.error(tooFast))
        }
        guard let payload = iq.request else {
            return send(iq.error(StanzaError(.modify, .badRequest, "A request needs one child element.")))
        }
        switch readTarget(to) {
        case .failure(let error): send(iq.error(StanzaError(error)))
        case .success(let target):
            guard let route = QueryRoute.route(for: payload, type: iq.type, target: target) else {
                return send(iq.error(.notServed))
            }
            let query = Query(iq: iq, payload: payload, from: from, to: to, target: target)
            do throws(StanzaError) {
                switch try route.answer(self, query) {
                case .result(let payload): send(iq.result(payload))
                case .later: break
                }
            } catch {
                count(.stanzaErrors)
                send(iq.error(error))
            }
        }
    }

    /// Takes one stanza off the user's allowance. Unavailable presence, results and errors need none.
    private func maySend(_ user: JID) -> Bool {
        if stanzaAllowances.take(user, now: world.now) { return true }
        overLimit("stanzas-per-second", user)
        return false
    }

    private var tooFast: StanzaError {
        let rate = Int(settings.limits.stanzasPerSecond.rounded(.up))
        return StanzaError(
            .wait, .policyViolation,
            "You send faster than this gateway takes from one user (\(rate) a second). Wait a moment, then send this again."
        )
    }

    /// A stanza that is not for us. The answer comes from the gateway all the same: a server ends the stream of a
    /// component that speaks for others (RFC 6120 §4.9.3.9).
    private func receivedMisrouted(_ stanza: Stanza) {
        guard stanza.head.from != nil else { return count(.stanzasIgnored) }
        let error = StanzaError(.cancel, .itemNotFound, "This is not an address of \(settings.domain).")
        switch stanza {
        case .message(var message):
            message.head.to = settings.domain
            refuse(message, error)
        case .presence(var presence):
            guard presence.type != .unavailable else { return count(.stanzasIgnored) }
            presence.head.to = settings.domain
            refuse(presence, error)
        case .iq(var iq):
            guard iq.type == .get || iq.type == .set else { return count(.stanzasIgnored) }
            iq.head.to = settings.domain
            count(.stanzaErrors)
            send(iq.error(error))
        }
    }

    func readTarget(_ jid: JID) -> Result<Target, AddressError> {
        do throws(AddressError) {
            return .success(try addresses.target(of: jid))
        } catch {
            return .failure(error)
        }
    }

    /// Messages to the gateway or a network: there is nobody to read them.
    private func receivedGatewayMessage(_ message: Message) {
        guard message.body != nil else { return count(.stanzasIgnored) }
        refuse(
            message,
            StanzaError(
                .cancel, .serviceUnavailable,
                "Nobody reads messages sent to \(settings.domain). Write to a contact or a room of it."))
    }
}

extension StanzaError {
    static let notAllowedHere = StanzaError(
        .auth, .forbidden, "You may not use this gateway. Ask its operator to add you to its access list.")
    static let notServed = StanzaError(.cancel, .serviceUnavailable)
    static let tooManyRequests = StanzaError(
        .wait, .resourceConstraint, "Too many of your requests are waiting for the network. Try again later.")
    static func tooManyNetworks(_ limit: Int) -> StanzaError {
        StanzaError(
            .wait, .policyViolation,
            "You are connected to as many networks as this gateway allows (\(limit)). Leave all rooms of one of them, and try"
                + " again some minutes later, when its connection has ended.")
    }
    static let registrationRequired = StanzaError(
        .auth, .registrationRequired,
        "Register with this gateway first: find it among the services in your client, and choose to register.")
}
