import XML

extension Message {
    /// The text of the message, or nil if it has none. Of several languages the one without `xml:lang` of its own,
    /// else the first (RFC 6121 §5.2.3).
    package var body: String? { text(of: "body") }

    /// The subject; empty text means that it is taken away (XEP-0045 §8.1).
    package var subject: String? { text(of: "subject") }

    /// The conversation that the message belongs to (RFC 6121 §5.2.5).
    package var thread: String? { payload.first { $0.isPlain("thread") }?.text }

    /// A message with a body before the rest of its payload.
    package init(_ head: StanzaHead, type: Kind, body: String, payload: [Element] = []) {
        self.init(head, type: type, payload: [Self.body(body)] + payload)
    }

    package static func body(_ text: String) -> Element { Element("body", namespace: Stanza.namespace, text: text) }

    package static func subject(_ text: String) -> Element {
        Element("subject", namespace: Stanza.namespace, text: text)
    }

    package static func thread(_ text: String) -> Element { Element("thread", namespace: Stanza.namespace, text: text) }

    /// The first payload element of that name and namespace, or nil.
    package func first(_ name: String, namespace: String) -> Element? {
        payload.first { $0.name == name && $0.namespace == namespace }
    }

    /// The error in a message of type error, or nil.
    package var stanzaError: StanzaError? { StanzaError.find(in: payload) }

    private func text(of name: String) -> String? {
        var fallback: Element?
        for child in payload where child.isPlain(name) {
            if !child.hasLanguage { return child.text }
            if fallback == nil { fallback = child }
        }
        return fallback?.text
    }
}

extension Presence {
    /// The first payload element of that name and namespace, or nil.
    package func first(_ name: String, namespace: String) -> Element? {
        payload.first { $0.name == name && $0.namespace == namespace }
    }

    /// The error in a presence of type error, or nil.
    package var stanzaError: StanzaError? { StanzaError.find(in: payload) }
}

extension IQ {
    /// The error in an iq of type error, or nil.
    package var stanzaError: StanzaError? { StanzaError.find(in: payload) }
}

extension Element {
    fileprivate func isPlain(_ name: String) -> Bool { self.name == name && namespace == Stanza.namespace }

    fileprivate var hasLanguage: Bool {
        attributes.contains { $0.name == "lang" && $0.namespace == StanzaHead.xmlNamespace }
    }
}
