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
            return writer.write(payload, endOf: "</message>")
        }
        writer.write(markup: ">")
        writer.write(payload, defaultNamespace: Stanza.namespace)
        writer.write("<stanza-id xmlns='urn:xmpp:sid:0' id='", id)
        writer.write(" by='", from.bare)
        writer.write(markup: "/></message>")
    }
}

extension Presence {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.write(markup: "<presence")
        head.write(to: &writer, type: type == .available ? nil : type.rawValue)
        // Presences with children of their own are rare; `element` makes these children.
        let isPlain = show == nil && status == nil && priority == nil
        writer.write(isPlain ? payload : element.elements, endOf: "</presence>")
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
    /// The attributes, in the order of `element`.
    fileprivate func write(to writer: inout XMLWriter, type: String?) {
        if let to { writer.write(" to='", to) }
        if let from { writer.write(" from='", from) }
        if let id { writer.write(" id='", id) }
        if let type { writer.write(" type='", type) }
        if let lang { writer.write(" xml:lang='", lang) }
    }
}

extension XMLWriter {
    fileprivate mutating func write(_ opening: StaticString, _ jid: JID) {
        write(markup: opening)
        write(escaping: jid.home.text)
        if let resource = jid.resource {
            write(markup: "/")
            write(escaping: resource)
        }
        write(markup: "'")
    }

    fileprivate mutating func write(_ payload: [Element], endOf end: StaticString) {
        guard !payload.isEmpty else { return write(markup: "/>") }
        write(markup: ">")
        write(payload, defaultNamespace: Stanza.namespace)
        write(markup: end)
    }
}
