import XML

/// The three kinds of stanza (RFC 6120 §8) as one value.
package enum Stanza: Sendable, Equatable {
    case message(Message)
    case presence(Presence)
    case iq(IQ)
}

/// `<message/>` (RFC 6121 §5).
package struct Message: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable { case normal, chat, groupchat, headline, error }

    package var head: StanzaHead
    /// The type; an unknown or missing one counts as normal (RFC 6121 §5.2.2).
    package var type: Kind
    package var payload: [Element]

    package init(_ head: StanzaHead, type: Kind, payload: [Element] = []) {
        self.head = head
        self.type = type
        self.payload = payload
    }
}

/// `<presence/>` (RFC 6121 §4).
package struct Presence: Sendable, Equatable {
    /// `available` is the absence of the attribute.
    package enum Kind: String, Sendable, CaseIterable {
        case available, unavailable, subscribe, subscribed, unsubscribe, unsubscribed, probe, error
    }
    package enum Show: String, Sendable { case chat, away, xa, dnd }

    package var head: StanzaHead
    package var type: Kind
    package var show: Show?
    /// The text of the first `<status/>`.
    package var status: String?
    /// The priority, -128…127 (RFC 6121 §4.7.2.3).
    package var priority: Int8?
    /// All children except show, status and priority.
    package var payload: [Element]

    package init(
        _ head: StanzaHead, type: Kind = .available, show: Show? = nil, status: String? = nil,
        priority: Int8? = nil, payload: [Element] = []
    ) {
        self.head = head
        self.type = type
        self.show = show
        self.status = status
        self.priority = priority
        self.payload = payload
    }
}

/// `<iq/>` (RFC 6120 §8.2.3).
package struct IQ: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable { case get, set, result, error }

    package var head: StanzaHead
    package var type: Kind
    /// For a get or set: its one child. For a result: one child or none. For an error: the `<error/>`, and before it
    /// possibly the payload that was refused.
    package var payload: [Element]

    package init(_ head: StanzaHead, type: Kind, payload: [Element] = []) {
        self.head = head
        self.type = type
        self.payload = payload
    }

    /// The payload of a request: the first child that is not `<error/>`.
    package var request: Element? { payload.first { $0.name != "error" } }
}

extension IQ {
    /// Makes the `result` that answers this request.
    package func result(_ payload: Element? = nil) -> IQ {
        IQ(head.reply, type: .result, payload: payload.map { [$0] } ?? [])
    }

    /// Makes the `error` that answers this request.
    package func error(_ error: StanzaError) -> IQ {
        IQ(head.refusal, type: .error, payload: [error.element])
    }
}

extension Message {
    /// The `error` that answers this message: same id and language, addresses swapped (RFC 6120 §8.3.1).
    package func error(_ error: StanzaError) -> Message {
        Message(head.refusal, type: .error, payload: [error.element])
    }
}

extension Presence {
    /// The `error` that answers this presence; `payload` may repeat what was refused (XEP-0045 §7.2 examples).
    package func error(_ error: StanzaError, echoing payload: [Element] = []) -> Presence {
        Presence(head.refusal, type: .error, payload: payload + [error.element])
    }
}
