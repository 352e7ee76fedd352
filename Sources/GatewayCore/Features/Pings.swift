import GatewayKit
import XMPP

/// XMPP ping (XEP-0199), and by it a client's question whether it is still in a room (XEP-0410).
enum Pings {
    static let routes = [QueryRoute(.get, "ping", Ping.namespace, targets: .all, answer: answer)]

    private static func answer(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        switch query.target {
        case .gateway, .peer: return .result(nil)
        case .network(let network):
            guard core.existingSession(of: query.from)?.networks[network]?.isOnline == true else {
                throw StanzaError(.cancel, .serviceUnavailable, "You are not connected to this network.")
            }
            return .result(nil)
        case .room(let room), .occupant(let room, _):
            // Anybody who is not in the room is told so (XEP-0410 §3.3).
            guard let state = core.existingSession(of: query.from)?.rooms[room],
                state.member(query.from)?.isInside == true
            else { throw StanzaError(.cancel, .notAcceptable, "You are not in this room.") }
            if case .occupant(_, let nick) = query.target, state.occupants[nick] == nil {
                throw StanzaError(.cancel, .itemNotFound, "Nobody called \(nick) is in this room.")
            }
            return .result(nil)
        }
    }
}
