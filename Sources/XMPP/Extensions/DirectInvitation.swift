import XML

/// An invitation that one person sends to another without the room (XEP-0249).
package struct DirectInvitation: Payload {
    package static let namespace = "jabber:x:conference"

    package var room: JID
    package var reason: String?
    package var password: String?

    package init(to room: JID, reason: String? = nil, password: String? = nil) {
        self.room = room
        self.reason = reason
        self.password = password
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("x", Self.namespace)
        self.init(
            to: try element.requiredJID("jid"), reason: element[attribute: "reason"],
            password: element[attribute: "password"])
    }

    package var element: Element {
        Element("x", namespace: Self.namespace)
            .with("jid", room.description).with("reason", reason).with("password", password)
    }
}
