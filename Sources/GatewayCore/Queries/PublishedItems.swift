import GatewayKit
import XML
import XMPP

/// The items that the gateway and people publish (XEP-0163): nick (XEP-0172), vCard4 (XEP-0292), and the gateway's
/// picture (XEP-0084). Clients read them like those of any contact (XEP-0060 §6.5). Nobody can change them.
final class PublishedItems: Feature {
    private static let cardNode = "urn:xmpp:vcard4"

    private let cards: VCards

    init(_ cards: VCards) { self.cards = cards }

    func register(in routes: inout Routes) {
        let targets: TargetKinds = [.gateway, .network, .peer]
        routes.query(.get, "pubsub", PublishedItem.namespace, on: targets, isAdvertised: false) {
            [self] query throws(StanzaError) in .result(try answer(query))
        }
        routes.advertise(PublishedItem.namespace + "#retrieve-items", on: targets)
    }

    private func answer(_ query: Query) throws(StanzaError) -> Element {
        guard let node = PublishedItem.requestedNode(in: query.payload) else {
            throw StanzaError(.featureNotImplemented, "Only published items can be read here.")
        }
        let (id, payload) = try item(node, query)
        return PublishedItem(node: node, id: id, payload: payload).element
    }

    /// The item of a node, and its id.
    private func item(_ node: String, _ query: Query) throws(StanzaError) -> (String, Element) {
        let card = try cards.card(of: query.target, for: query.user)
        switch node {
        case Avatar.dataNamespace where card.photo != nil: return (Avatar.martlet.hash, Avatar.martlet.dataElement)
        case Avatar.metadataNamespace where card.photo != nil:
            return (Avatar.martlet.hash, Avatar.martlet.metadataElement)
        case Nickname.namespace:
            if let name = card.name ?? card.nickname { return ("current", Nickname(name).element) }
        case Self.cardNode: return ("current", VCard4(card).element)
        default: break
        }
        throw StanzaError(
            .itemNotFound,
            "This address does not publish this node. It can publish a nickname, a vCard4 and an avatar.")
    }
}
