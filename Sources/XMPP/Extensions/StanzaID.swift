import XML

/// Unique and stable stanza ids (XEP-0359): the id that an archive or a room has given a message.
package struct StanzaID: Payload {
    package static let namespace = "urn:xmpp:sid:0"

    package var id: String
    /// The entity that gave the id. Believe it only if that entity is on the path of the stanza.
    package var by: JID

    package init(_ id: String, by: JID) {
        self.id = id
        self.by = by
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("stanza-id", Self.namespace)
        self.init(try element.required("id"), by: try element.requiredJID("by"))
    }

    package var element: Element {
        Element("stanza-id", namespace: Self.namespace).with("id", id).with("by", by.description)
    }
}

/// The id that the sender of a message has given it (XEP-0359).
package struct OriginID: Payload {
    package static let namespace = StanzaID.namespace

    package var id: String

    package init(_ id: String) { self.id = id }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("origin-id", Self.namespace)
        id = try element.required("id")
    }

    package var element: Element { Element("origin-id", namespace: Self.namespace).with("id", id) }
}

extension Message {
    /// The stanza-id of a message of ours; nil if its head has no `stableID`. The stanza-ids of a message that was read
    /// are in its payload.
    package var stanzaID: StanzaID? {
        guard let id = head.stableID, let from = head.from else { return nil }
        return StanzaID(id, by: from.bare)
    }
}
