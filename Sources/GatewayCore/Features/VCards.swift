import GatewayKit
import Registry
import XMPP

/// Business cards (XEP-0054) of the gateway and of people, from what is known of them.
enum VCards {
    static let routes = [
        QueryRoute(.get, "vCard", VCard.namespace, targets: [.gateway, .occupant, .peer], answer: answer)
    ]

    private static func answer(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        var card = VCard()
        switch query.target {
        case .gateway:
            card.name = "\(core.description.name) gateway"
            card.about = "Martlet \(core.settings.version)"
        case .occupant(let room, let nick):
            guard core.existingSession(of: query.from)?.rooms[room]?.occupants[nick] != nil else {
                throw StanzaError(.cancel, .itemNotFound, "Nobody called \(nick) is in this room.")
            }
            card.nickname = nick.networkNick
        case .peer(let peer):
            if let number = E164(peer.name) { card.numbers = [number.rawValue] }
            let localpart = core.rules.localpart(of: .peer(peer))
            card.name =
                core.registrations.peer(UserID(query.from.bare.description), localpart)?.displayName ?? peer.name
        case .network, .room: throw .notServed
        }
        return .result(card.element)
    }
}
