import XML

/// Client proxy gateways, `jabber:iq:gateway` (XEP-0100, "Addressing"): asks the user for an address of the foreign
/// network, and makes a JID of it.
package struct GatewayPrompt: Payload {
    package static let namespace = "jabber:iq:gateway"

    /// A sentence that says what to type; part of the answer to a get.
    package var explanation: String?
    /// In the answer to a get: the label of the field, which may be empty. In a set: the text that was typed.
    package var prompt: String?
    /// The address made of that text, in the answer to a set.
    package var jid: JID?

    package init(explanation: String? = nil, prompt: String? = nil, jid: JID? = nil) {
        self.explanation = explanation
        self.prompt = prompt
        self.jid = jid
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("query", Self.namespace)
        self.init(explanation: element.childText("desc"), prompt: element.childText("prompt"))
        guard let text = element.childText("jid") else { return }
        do { jid = try JID(text) } catch { throw PayloadError("jid", "\(error)") }
    }

    package var element: Element {
        var query = Element("query", namespace: Self.namespace)
        query.append("desc", text: explanation)
        query.append("prompt", text: prompt)
        query.append("jid", text: jid?.description)
        return query
    }
}
