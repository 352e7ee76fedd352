import GatewayKit
import XMPP

/// XMPP ping (XEP-0199). With a ping to a room or occupant, a client checks that it is still in the room (XEP-0410).
final class Pings: Feature {
    private let accounts: Accounts
    private let rooms: Rooms
    private let questions: PeerQuestions

    init(_ accounts: Accounts, _ rooms: Rooms, _ questions: PeerQuestions) {
        self.accounts = accounts
        self.rooms = rooms
        self.questions = questions
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "ping", Ping.namespace, on: .all) {
            [self] query throws(StanzaError) in
            try check(query)
            if let person = person(query), !questions.isSelf(person, query.user), let sender = Sender(query.iq.head),
                try questions.ask(.echo(person), for: .ping(sender), of: query.user)
            {
                return .answeredLater
            }
            return .result(nil)
        }
    }

    /// The person whom a ping is meant for, by either of the person's addresses. Nil for other entities, and for the
    /// user's own place in a room, which the room itself answers for (XEP-0410 §3.3).
    private func person(_ query: Query) -> PeerAddress? {
        switch query.target {
        case .peer(let peer): return peer
        case .occupant(let address, let nick):
            guard let room = rooms.room(address, of: query.user), room.nick != nick else { return nil }
            return room.occupants[nick]?.address
        case .gateway, .network, .room: return nil
        }
    }

    private func check(_ query: Query) throws(StanzaError) {
        switch query.target {
        case .gateway, .peer: break
        case .network(let network):
            guard accounts.isOnline(query.user, on: network) else {
                throw StanzaError(.serviceUnavailable, "You are not connected to this network.")
            }
        case .room(let address), .occupant(let address, _):
            guard let room = rooms.room(address, of: query.user), room.isInside(query.from) else {
                throw .pingedFromOutside
            }
            if case .occupant(_, let nick) = query.target, room.occupants[nick] == nil {
                throw .nobodyCalled(nick)
            }
        }
    }
}
