import XML

extension Stanza {
    /// Writes the stanza at a place where `namespace` is the default. The bytes are those of `element`, but no element
    /// is made.
    package func write(to writer: inout XMLWriter) {
        switch self {
        case .message(let message): message.write(to: &writer)
        case .presence(let presence): presence.write(to: &writer)
        case .iq(let iq): iq.write(to: &writer)
        }
    }
}

extension Message {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.write(markup: "<message")
        head.write(to: &writer, type: type == .normal ? nil : type.rawValue)
        guard let id = head.stableID, let from = head.from else {
            if let id = head.occupantID { return writer.write(payload, occupant: id, endOf: "</message>") }
            return isBodyAlone
                ? writeBody(to: &writer, "</body></message>") : writer.write(payload, endOf: "</message>")
        }
        if isBodyAlone {
            writeBody(to: &writer, "</body>")
        } else {
            writer.write(markup: ">")
            writer.write(payload, defaultNamespace: Stanza.namespace)
        }
        writer.write(markup: "<stanza-id xmlns='urn:xmpp:sid:0' id='")
        writer.write(escaping: id)
        writer.write(markup: "' by='")
        writer.write(from.home)
        guard let occupant = head.occupantID else { return writer.write(markup: "'/></message>") }
        writer.write(markup: "'/>")
        writer.write(occupant: occupant, endOf: "</message>")
    }
}

extension Message {
    /// Whether the payload is one plain body, as in most messages.
    private var isBodyAlone: Bool {
        let elements = payload.span
        return elements.count == 1 && elements[0].isTextAlone && elements[0].name == "body"
            && elements[0].namespace == Stanza.namespace
    }

    /// Writes the body in fewer pieces than an element takes.
    private func writeBody(to writer: inout XMLWriter, _ end: StaticString) {
        writer.write(markup: "><body>")
        writer.write(text: payload.text(at: 0))
        writer.write(markup: end)
    }
}

extension Presence {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.write(markup: "<presence")
        head.write(to: &writer, type: type == .available ? nil : type.rawValue)
        // Presences with children of their own are rare; `element` makes these children.
        guard show == nil, status == nil, priority == nil else {
            return writer.write(element.elements, endOf: "</presence>")
        }
        guard let id = head.occupantID else { return writer.write(payload, endOf: "</presence>") }
        writer.write(payload, occupant: id, endOf: "</presence>")
    }
}

extension IQ {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.write(markup: "<iq")
        head.write(to: &writer, type: type.rawValue)
        writer.write(payload, endOf: "</iq>")
    }
}

extension StanzaHead {
    /// The attributes, in the order of `element`. Each but the first begins with the quote that ends the one before it:
    /// fewer pieces are quicker to write.
    fileprivate func write(to writer: inout XMLWriter, type: String?) {
        var isOpen = false
        if let to { writer.write(" to='", to, &isOpen) }
        if let from { writer.write(isOpen ? "' from='" : " from='", from, &isOpen) }
        if let id { writer.write(isOpen ? "' id='" : " id='", id, &isOpen) }
        if let type { writer.write(isOpen ? "' type='" : " type='", type, &isOpen) }
        if let lang { writer.write(isOpen ? "' xml:lang='" : " xml:lang='", lang, &isOpen) }
        if isOpen { writer.write(markup: "'") }
    }
}

extension XMLWriter {
    fileprivate mutating func write(_ opening: StaticString, _ jid: JID, _ isOpen: inout Bool) {
        write(markup: opening)
        write(jid.home)
        if let resource = jid.resource {
            write(markup: "/")
            write(escaping: resource)
        }
        isOpen = true
    }

    fileprivate mutating func write(_ address: BareAddress) {
        if address.isPlain { write(plain: address.text) } else { write(escaping: address.text) }
    }

    fileprivate mutating func write(_ opening: StaticString, _ value: String, _ isOpen: inout Bool) {
        write(markup: opening)
        write(escaping: value)
        isOpen = true
    }

    fileprivate mutating func write(_ payload: [Element], occupant: String, endOf end: StaticString) {
        write(markup: ">")
        write(payload, defaultNamespace: Stanza.namespace)
        write(occupant: occupant, endOf: end)
    }

    fileprivate mutating func write(occupant: String, endOf end: StaticString) {
        write(markup: "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='")
        write(escaping: occupant)
        write(markup: "'/>")
        write(markup: end)
    }

    fileprivate mutating func write(_ payload: [Element], endOf end: StaticString) {
        guard !payload.isEmpty else { return write(markup: "/>") }
        write(markup: ">")
        write(payload, defaultNamespace: Stanza.namespace)
        write(markup: end)
    }
}
