import GatewayKit
import Registry
import XMPP

/// vCards (XEP-0054, XEP-0292) of the gateway, of occupants and of people. They contain only data that the gateway has: nicks,
/// display names and phone numbers.
final class VCards: Feature {
    private static let picture = VCard.Photo(type: Avatar.martlet.type, base64: Avatar.martlet.base64)

    private let kernel: Kernel
    private let ledger: Ledger
    private let rooms: Rooms
    private let questions: PeerQuestions

    init(_ kernel: Kernel, _ ledger: Ledger, _ rooms: Rooms, _ questions: PeerQuestions) {
        self.kernel = kernel
        self.ledger = ledger
        self.rooms = rooms
        self.questions = questions
    }

    func register(in routes: inout Routes) {
        routes.presencePayload { [kernel] address, _ in
            guard case .success(let target) = kernel.target(of: address), target.kind != .peer else { return [] }
            return [Avatar.martlet.presenceElement]
        }
        routes.query(.get, "vCard", VCard.namespace, on: [.gateway, .network, .occupant, .peer]) {
            [self] query throws(StanzaError) in try answer(query, as: .temporary)
        }
        routes.query(.get, "vcard", VCard4.namespace, on: [.gateway, .network, .occupant, .peer]) {
            [self] query throws(StanzaError) in try answer(query, as: .version4)
        }
    }

    private func answer(_ query: Query, as form: CardForm) throws(StanzaError) -> QueryOutcome {
        let card = try card(of: query.target, for: query.user)
        guard let person = person(query.target, query.user), let sender = Sender(query.iq.head),
            try questions.ask(
                .profile(person), for: .card(sender, name: card.name ?? card.nickname ?? person.name, form),
                of: query.user)
        else { return .result(form.element(card)) }
        return .answeredLater
    }

    private func person(_ target: Target, _ user: User) -> PeerAddress? {
        switch target {
        case .peer(let peer): peer
        case .occupant(let room, let nick): rooms.room(room, of: user)?.occupants[nick]?.address
        case .gateway, .network, .room: nil
        }
    }

    /// The card of an address, from what the gateway itself knows.
    func card(of target: Target, for user: User) throws(StanzaError) -> VCard {
        var card = VCard()
        switch target {
        case .gateway:
            card.name = "\(kernel.description.name) gateway"
            card.about = "Martlet \(kernel.settings.version)"
            card.photo = Self.picture
        case .network(let network):
            card.name = network.rawValue
            card.about = "A network of the \(kernel.description.name) gateway."
            card.photo = Self.picture
        case .occupant(let room, let nick):
            guard rooms.room(room, of: user)?.occupants[nick] != nil else {
                throw .nobodyCalled(nick)
            }
            card.nickname = nick.networkNick
        case .peer(let peer):
            if let number = E164(peer.name) { card.numbers = [number.rawValue] }
            let localpart = kernel.rules.localpart(of: .peer(peer))
            card.name = kernel.title(of: localpart, displayName: ledger.peer(user, localpart)?.displayName)
        case .room: throw .notServed
        }
        return card
    }
}
