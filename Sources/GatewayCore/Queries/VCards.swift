import GatewayKit
import Registry
import XMPP

/// vCards (XEP-0054) of the gateway, of occupants and of people. They contain only data that the gateway has: nicks,
/// display names and phone numbers.
final class VCards: Feature {
    private let kernel: Kernel
    private let ledger: Ledger
    private let rooms: Rooms

    init(_ kernel: Kernel, _ ledger: Ledger, _ rooms: Rooms) {
        self.kernel = kernel
        self.ledger = ledger
        self.rooms = rooms
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "vCard", VCard.namespace, on: [.gateway, .occupant, .peer]) {
            [self] query throws(StanzaError) in .result(try card(of: query.target, for: query.user).element)
        }
    }

    private func card(of target: Target, for user: User) throws(StanzaError) -> VCard {
        var card = VCard()
        switch target {
        case .gateway:
            card.name = "\(kernel.description.name) gateway"
            card.about = "Martlet \(kernel.settings.version)"
        case .occupant(let room, let nick):
            guard rooms.room(room, of: user)?.occupants[nick] != nil else {
                throw StanzaError(.cancel, .itemNotFound, "Nobody called \(nick) is in this room.")
            }
            card.nickname = nick.networkNick
        case .peer(let peer):
            if let number = E164(peer.name) { card.numbers = [number.rawValue] }
            let localpart = kernel.rules.localpart(of: .peer(peer))
            card.name = ledger.peer(user, localpart)?.displayName ?? peer.name
        case .network, .room: throw .notServed
        }
        return card
    }
}
