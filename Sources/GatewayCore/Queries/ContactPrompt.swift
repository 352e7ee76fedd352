import GatewayKit
import XMPP

/// `jabber:iq:gateway` (XEP-0100 §6): translates a name or number that a user types into a JID.
final class ContactPrompt: Feature {
    private let kernel: Kernel

    init(_ kernel: Kernel) { self.kernel = kernel }

    func register(in routes: inout Routes) {
        routes.query(.get, "query", GatewayPrompt.namespace, on: .gateway) {
            [self] _ throws(StanzaError) in
            let description = kernel.description
            let prompt = GatewayPrompt(explanation: description.promptDescription, prompt: description.promptLabel)
            return .result(prompt.element)
        }
        routes.query(.set, "query", GatewayPrompt.namespace, on: .gateway) {
            [self] query throws(StanzaError) in try translate(query)
        }
    }

    private func translate(_ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let prompt = try? GatewayPrompt(query.payload), let typed = prompt.prompt, !typed.isEmpty else {
            throw StanzaError(.badRequest, "Put the number or name that you are looking for into <prompt/>.")
        }
        let address: Address
        do throws(AddressError) {
            address = try kernel.rules.normalize(typed)
        } catch {
            throw StanzaError(.itemNotFound, error.text)
        }
        guard let jid = kernel.addresses.jid(address) else {
            throw StanzaError(.jidMalformed, StanzaError.notWritable.text)
        }
        return .result(GatewayPrompt(jid: jid).element)
    }
}
