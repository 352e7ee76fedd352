import XML

extension Message {
    /// The text of the message; nil if it has none. If there are several languages, it is the body without an
    /// `xml:lang` of its own, otherwise the one in the language of the stanza, otherwise the first (RFC 6121 §5.2.3).
    package var body: String? { text(of: "body") }

    /// The subject; an empty text means that the subject is removed (XEP-0045 §8.1).
    package var subject: String? { text(of: "subject") }

    /// The conversation that the message belongs to (RFC 6121 §5.2.5).
    package var thread: String? { payload.first("thread", namespace: Stanza.namespace)?.text }

    /// Makes a message with a body before the rest of its payload.
    package init(_ head: StanzaHead, type: Kind, body: String, payload: [Element] = []) {
        var all: [Element] = []
        all.reserveCapacity(payload.count + 1)
        all.append(Self.body(body))
        all += payload
        self.init(head, type: type, payload: all)
    }

    package static func body(_ text: String) -> Element { Element("body", namespace: Stanza.namespace, text: text) }

    package static func subject(_ text: String) -> Element {
        Element("subject", namespace: Stanza.namespace, text: text)
    }

    package static func thread(_ text: String) -> Element { Element("thread", namespace: Stanza.namespace, text: text) }

    /// The first payload element of that name and namespace, or nil.
    package func first(_ name: String, namespace: String) -> Element? {
        payload.first(name, namespace: namespace)
    }

    /// The error in a message of type error, or nil.
    package var stanzaError: StanzaError? { StanzaError.find(in: payload) }

    private func text(of name: String) -> String? {
        // Elements are compared in place: taking each out of the array would cost more than comparing it.
        let elements = payload.span
        var first: Int?
        var own: Int?
        for index in elements.indices
        where elements[index].name == name && elements[index].namespace == Stanza.namespace {
            let hasLanguage = !elements[index].attributes.isEmpty && elements[index].hasLanguage
            if !hasLanguage { return payload.text(at: index) }
            if first == nil { first = index }
            if own == nil, let lang = head.lang, payload[index].isIn(lang) { own = index }
        }
        return (own ?? first).map { payload.text(at: $0) }
    }
}

extension Presence {
    /// The first payload element of that name and namespace, or nil.
    package func first(_ name: String, namespace: String) -> Element? {
        payload.first(name, namespace: namespace)
    }

    /// The error in a presence of type error, or nil.
    package var stanzaError: StanzaError? { StanzaError.find(in: payload) }
}

extension IQ {
    /// The error in an iq of type error, or nil.
    package var stanzaError: StanzaError? { StanzaError.find(in: payload) }
}

extension Element {
    fileprivate var hasLanguage: Bool {
        hasAttribute("lang", namespace: StanzaHead.xmlNamespace)
    }

    /// Whether the element is in a language. Tags of languages are the same in upper and lower case (RFC 5646 §2.1.1).
    fileprivate func isIn(_ language: String) -> Bool {
        attributes.contains {
            $0.name == "lang" && $0.namespace == StanzaHead.xmlNamespace
                && $0.value.lowercased() == language.lowercased()
        }
    }
}
