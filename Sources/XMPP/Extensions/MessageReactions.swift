import XML

/// Message reactions (XEP-0444): all reactions of a sender to one message. They replace the sender's earlier ones.
package struct MessageReactions: Payload {
    package static let namespace = "urn:xmpp:reactions:0"

    /// The message: in rooms its stanza-id, elsewhere its origin-id or id (§4.2).
    package var id: String
    /// Each once, in the sender's order; empty to take all back.
    package var emoji: [String]

    /// Reactions of one sender that are read at most; more are refused before anything is compared.
    package static let most = 50

    package init(id: String, emoji: [String]) {
        self.id = id
        self.emoji = emoji
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("reactions", Self.namespace)
        id = try element.required("id")
        emoji = []
        for reaction in element.all("reaction", namespace: Self.namespace) {
            let text = reaction.text
            // Repeats are to be ignored (§4). Texts that only look alike are different ones.
            guard !text.isEmpty, !emoji.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else { continue }
            guard emoji.count < Self.most else {
                throw PayloadError("reactions", "it has more than \(Self.most) reactions")
            }
            emoji.append(text)
        }
    }

    package var element: Element {
        Element(
            "reactions", namespace: Self.namespace, attributes: [Attribute("id", id)],
            elements: emoji.map { Element("reaction", namespace: Self.namespace, text: $0) })
    }
}
