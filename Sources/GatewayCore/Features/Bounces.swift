import GatewayKit
import XMPP

/// Errors that come back for what we have sent.
extension Switchboard {
    func receivedError(_ message: Message, from: JID, to: JID) {
        if let id = message.head.id { keepBounced(id: id, of: UserID(from.bare.description)) }
        if message.tellsAbsence { receivedPresenceError(from: from, to: to) }
    }

    /// The address that we wrote to is gone: it leaves the room it was addressed from.
    func receivedPresenceError(from: JID, to: JID) {
        guard from.resource != nil, case .success(let target) = readTarget(to),
            let session = existingSession(of: from)
        else { return count(.stanzasIgnored) }
        switch target {
        case .room(let room), .occupant(let room, _): vanished(from, from: room, session: session)
        default: count(.stanzasIgnored)
        }
    }
}

extension Message {
    /// Conditions by which a server says that a full JID does not exist (any more) (RFC 6121 §8.5.3.2).
    fileprivate var tellsAbsence: Bool {
        guard let error = stanzaError else { return true }
        switch error.condition {
        case .gone, .itemNotFound, .jidMalformed, .recipientUnavailable, .redirect, .remoteServerNotFound,
            .remoteServerTimeout, .serviceUnavailable, .internalServerError:
            return true
        default: return false
        }
    }
}
