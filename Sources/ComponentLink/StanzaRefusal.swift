import XML
import XMPP

/// Makes the answers to stanzas that cannot be used. The sender gets an error, and the stream goes on.
enum StanzaRefusal {
    /// The answer to a skipped stanza, of which only the start tag is known; nil if XMPP allows no answer.
    static func answer(skipped start: Element, _ reason: SkipReason, as domain: JID) -> Element? {
        guard start.namespace == Stanza.namespace, ["message", "presence", "iq"].contains(start.name) else {
            return nil
        }
        let type = start[attribute: "type"]
        guard type != "error", !(start.name == "iq" && type == "result") else { return nil }
        guard let from = start[attribute: "from"], (try? JID(from)) != nil else { return nil }
        let error = StanzaError(reason.condition, reason.words)
        var answer = Element(
            start.name, namespace: Stanza.namespace, attributes: [Attribute("to", from), Attribute("type", "error")],
            children: [.element(error.element)])
        answer[attribute: "from"] = sender(start[attribute: "to"], as: domain)
        answer[attribute: "id"] = start[attribute: "id"]
        return answer
    }

    /// The answer to a stanza of the wrong form; nil if XMPP allows no answer.
    static func answer(_ error: StanzaFormatError, as domain: JID) -> Element? {
        guard var answer = error.reply else { return nil }
        answer[attribute: "from"] = sender(error.to, as: domain)
        return answer
    }

    /// The error that replaces one of our stanzas that is too large. Nil for our requests and for presence, because
    /// their receivers wait for nothing.
    static func tooLargeToSend(_ stanza: Stanza) -> Stanza? {
        let error = StanzaError(.policyViolation, "The answer is too large for the XMPP server.").element
        switch stanza {
        case .message(let message): return .message(Message(message.head, type: .error, payload: [error]))
        case .iq(let iq) where iq.type == .result || iq.type == .error:
            return .iq(IQ(iq.head, type: .error, payload: [error]))
        case .iq, .presence: return nil
        }
    }

    /// The address that the stanza was sent to, if it is one of ours, otherwise our domain. A server ends the stream
    /// of a component that sends from another domain, or from an invalid address.
    private static func sender(_ addressed: String?, as domain: JID) -> String {
        guard let addressed, let jid = try? JID(addressed), jid.domain == domain.domain else {
            return domain.description
        }
        return jid.description
    }
}

extension SkipReason {
    fileprivate var condition: StanzaError.Condition { self == .badNamespaces ? .badRequest : .policyViolation }

    /// The text of the error for the sender.
    fileprivate var words: String {
        switch self {
        case .tooLarge: "Your message or request is too large for the gateway. Send less at once, or a link."
        case .tooDeep: "The elements of your stanza are nested too deeply for the gateway."
        case .tooManyAttributes: "An element of your stanza has too many attributes for the gateway."
        case .nameTooLong: "A name in your stanza is too long for the gateway."
        case .badNamespaces: "An element or attribute of your stanza uses a forbidden XML namespace or prefix."
        }
    }
}
