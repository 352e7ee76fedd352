import GatewayKit
import XMPP

/// `jabber:iq:gateway` (XEP-0100 §6): what a person types becomes an address.
enum ContactPrompt {
    static let routes = [
        QueryRoute(.get, "query", GatewayPrompt.namespace, targets: .gateway) { core, _ throws(StanzaError) in
            let description = core.description
            return .result(
                GatewayPrompt(explanation: description.promptDescription, prompt: description.promptLabel).element)
        },
        QueryRoute(.set, "query", GatewayPrompt.namespace, targets: .gateway, answer: translate),
    ]

    private static func translate(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let prompt = try? GatewayPrompt(query.payload), let typed = prompt.prompt, !typed.isEmpty else {
            throw StanzaError(.modify, .badRequest, "Put what you are looking for into <prompt/>.")
        }
        let address: Address
        do throws(AddressError) {
            address = try core.rules.normalize(typed)
        } catch {
            throw StanzaError(.modify, .itemNotFound, error.text)
        }
        guard let jid = core.addresses.jid(address) else {
            throw StanzaError(.modify, .jidMalformed, "No address can be made of this.")
        }
        return .result(GatewayPrompt(jid: jid).element)
    }
}
