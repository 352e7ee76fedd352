import XML

extension Stanza {
    /// The namespace of stanzas in memory, whatever the stream they came on.
    package static let namespace = "jabber:client"

    /// Reads a child of a stream. An error says whom to answer, and how.
    package init(_ element: Element) throws(StanzaFormatError) {
        var addresses = JIDCache(slots: 0)
        try self.init(element, &addresses)
    }

    /// Reads a child of a stream on which the same addresses occur often.
    package init(_ element: borrowing Element, _ addresses: inout JIDCache) throws(StanzaFormatError) {
        guard element.namespace == Self.namespace else { throw StanzaFormatError(element, .notAStanza) }
        if element.name == "message" {
            self = .message(try Message(element, &addresses))
        } else if element.name == "presence" {
            self = .presence(try Presence(element, &addresses))
        } else if element.name == "iq" {
            self = .iq(try IQ(element, &addresses))
        } else {
            throw StanzaFormatError(element, .notAStanza)
        }
    }

    /// The stanza as an element for an `XMLWriter`.
    package var element: Element {
        switch self {
        case .message(let message): message.element
        case .presence(let presence): presence.element
        case .iq(let iq): iq.element
        }
    }

    package var head: StanzaHead {
        switch self {
        case .message(let message): message.head
        case .presence(let presence): presence.head
        case .iq(let iq): iq.head
        }
    }
}

extension Element {
    fileprivate func expectStanza(_ name: String) throws(StanzaFormatError) {
        guard self.name == name, namespace == Stanza.namespace else { throw StanzaFormatError(self, .notAStanza) }
    }
}

extension RawRepresentable<String> where Self: CaseIterable {
    /// The case of that raw value. The `init(rawValue:)` that the compiler makes searches a table of texts that it
    /// builds anew each time, at ten times the cost.
    fileprivate static func named(_ text: String) -> Self? { allCases.first { $0.rawValue == text } }
}

extension Message {
    package init(_ element: Element) throws(StanzaFormatError) {
        try element.expectStanza("message")
        var addresses = JIDCache(slots: 0)
        try self.init(element, &addresses)
    }

    fileprivate init(_ element: borrowing Element, _ addresses: inout JIDCache) throws(StanzaFormatError) {
        var word: String?
        head = try StanzaHead(element, &addresses, type: &word)
        type = word.flatMap(Kind.named) ?? .normal
        payload = element.elements
    }

    package var element: Element {
        var children = payload
        if let stanzaID { children.append(stanzaID.element) }
        if let id = head.occupantID { children.append(OccupantID(id).element) }
        return head.element("message", type: type == .normal ? nil : type.rawValue, children)
    }
}

extension Presence {
    /// A type that RFC 6121 §4.7.1 does not know is an error. A `<show/>` with an unknown word, and a `<priority/>`
    /// that is not a number from -128 to 127, count as absent: both are hints, their absence has a defined meaning
    /// (§4.7.2.1, §4.7.2.3: priority zero), and refusing the presence would help nobody.
    package init(_ element: Element) throws(StanzaFormatError) {
        try element.expectStanza("presence")
        var addresses = JIDCache(slots: 0)
        try self.init(element, &addresses)
    }

    fileprivate init(_ element: borrowing Element, _ addresses: inout JIDCache) throws(StanzaFormatError) {
        var word: String?
        let head = try StanzaHead(element, &addresses, type: &word)
        let type = word.map(Kind.named) ?? .available
        // Only the absence of the attribute means available; the RFC does not know that word.
        guard let type, word != Kind.available.rawValue else {
            throw StanzaFormatError(element, .badRequest("this presence has an unknown type"))
        }
        self.init(head, type: type)
        var hasStatus = false
        for child in element.elements {
            switch (child.name, child.namespace) {
            case ("show", Stanza.namespace): show = Show(rawValue: child.text)
            case ("priority", Stanza.namespace): priority = Int8(child.text)
            case ("status", Stanza.namespace):
                if !hasStatus { status = child.text }
                hasStatus = true
            default: payload.append(child)
            }
        }
    }

    package var element: Element {
        var element = head.element("presence", type: type == .available ? nil : type.rawValue)
        element.append("show", text: show?.rawValue)
        element.append("status", text: status)
        element.append("priority", text: priority.map { String($0) })
        for child in payload { element.append(child) }
        if let id = head.occupantID { element.append(OccupantID(id).element) }
        return element
    }
}

extension IQ {
    /// An iq needs an id, a type of RFC 6120 §8.2.3 and, if it is a request, exactly one child.
    package init(_ element: Element) throws(StanzaFormatError) {
        try element.expectStanza("iq")
        var addresses = JIDCache(slots: 0)
        try self.init(element, &addresses)
    }

    fileprivate init(_ element: borrowing Element, _ addresses: inout JIDCache) throws(StanzaFormatError) {
        var word: String?
        let head = try StanzaHead(element, &addresses, type: &word)
        guard head.id != nil else { throw StanzaFormatError(element, .badRequest("this iq has no id")) }
        guard let type = word.flatMap(Kind.named) else {
            throw StanzaFormatError(element, .badRequest("the type of an iq is get, set, result or error"))
        }
        let payload = element.elements
        switch type {
        case .get, .set:
            guard payload.count == 1 else {
                throw StanzaFormatError(element, .badRequest("a request has exactly one child element"))
            }
        case .result:
            guard payload.count <= 1 else {
                throw StanzaFormatError(element, .badRequest("a result has at most one child element"))
            }
        case .error: break
        }
        self.init(head, type: type, payload: payload)
    }

    package var element: Element {
        head.element("iq", type: type.rawValue, payload)
    }
}
