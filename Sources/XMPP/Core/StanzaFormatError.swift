import XML

/// Why an element is not a usable stanza, and everything that is needed to answer it.
package struct StanzaFormatError: Error, Sendable, Equatable {
    package enum Problem: Sendable, Equatable {
        /// The element is neither message, presence nor iq. There is nobody to answer: on a component stream this is
        /// an unsupported-stanza-type (RFC 6120 §4.9.3.24).
        case notAStanza
        case jidMalformed(attribute: String, JIDError)
        /// A required attribute or child is missing or wrong, with words for the sender.
        case badRequest(String)
    }

    /// The element's name: `message`, `presence`, `iq`, or any other.
    package var kind: String
    package var type: String?
    package var id: String?
    /// The addresses as they were written, valid or not.
    package var from: String?
    package var to: String?
    package var problem: Problem

    init(_ element: borrowing Element, _ problem: Problem) {
        kind = element.name
        type = element[attribute: "type"]
        id = element[attribute: "id"]
        from = element[attribute: "from"]
        to = element[attribute: "to"]
        self.problem = problem
    }

    /// The error for the sender.
    package var error: StanzaError {
        switch problem {
        case .notAStanza: StanzaError(.badRequest, "this is not a stanza")
        case .jidMalformed(let attribute, let error):
            StanzaError(.jidMalformed, "'\(attribute)' is not an address: \(error)")
        case .badRequest(let reason): StanzaError(.badRequest, reason)
        }
    }

    /// The error stanza for the sender; nil if none may be sent: errors and results are never answered (RFC 6120
    /// §8.3.1), and a sender without a usable address cannot be answered.
    package var reply: Element? {
        guard problem != .notAStanza, type != "error", !(kind == "iq" && type == "result") else { return nil }
        guard let from, (try? JID(from)) != nil else { return nil }
        return Element(kind, namespace: Stanza.namespace, children: [.element(error.element)])
            .with("to", from).with("from", to).with("id", id).with("type", "error")
    }
}
