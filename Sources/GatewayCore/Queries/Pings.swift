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
            if case .peer(let peer) = query.target, let sender = Sender(query.iq.head),
                try questions.ask(.echo(peer), for: .ping(sender), of: query.user)
            {
                return .answeredLater
            }
            try check(query)
            return .result(nil)
        }
    }

    private func check(_ query: Query) throws(StanzaError) {
        switch query.target {
        case .gateway, .peer: break
        case .network(let network):
            guard accounts.isOnline(query.user, on: network) else {
                throw StanzaError(.cancel, .serviceUnavailable, "You are not connected to this network.")
            }
        case .room(let address), .occupant(let address, _):
            guard let room = rooms.room(address, of: query.user), room.member(query.from)?.isInside == true else {
                throw .pingedFromOutside
            }
            if case .occupant(_, let nick) = query.target, room.occupants[nick] == nil {
                throw StanzaError(.cancel, .itemNotFound, "Nobody called \(nick) is in this room.")
            }
        }
    }
}
