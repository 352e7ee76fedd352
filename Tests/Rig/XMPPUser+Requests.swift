extension XMPPUser {
    /// Sends an IQ and returns its answer: result or error.
    @discardableResult
    package func query(_ type: String, to entity: String, _ payload: String) async throws -> XMLNode {
        let id = newID("iq")
        try send("<iq type='\(type)' to='\(entity.xmlEscaped)' id='\(id)'>\(payload)</iq>")
        return try await expect("the answer to iq \(id) from \(entity): \(payload)") {
            // The user's own account may answer without a `from` (RFC 6120 §8.1.2.1).
            let isFromThere = $0.from == entity || $0.from.isEmpty && entity == self.account.jid
            return $0.name == "iq" && $0.id == id && isFromThere && ["result", "error"].contains($0.type)
        }
    }

    /// Asks for information (XEP-0030 §3).
    package func info(of entity: String) async throws -> XMLNode {
        try await query("get", to: entity, "<query xmlns='http://jabber.org/protocol/disco#info'/>")
    }

    /// Registers with a gateway (XEP-0077 §3.1.1), or changes the registration.
    @discardableResult
    package func register(with gateway: String, _ fields: [String: String]) async throws -> XMLNode {
        let content = fields.sorted { $0.key < $1.key }.map { "<\($0.key)>\($0.value.xmlEscaped)</\($0.key)>" }
        return try await query("set", to: gateway, "<query xmlns='jabber:iq:register'>\(content.joined())</query>")
    }

    /// Registers with a gateway or one of its networks by a data form (XEP-0077 §4). A value with line breaks becomes
    /// several values.
    @discardableResult
    package func register(with entity: String, form: [String: String]) async throws -> XMLNode {
        let fields = form.sorted { $0.key < $1.key }.map { name, value in
            let values = value.split(separator: "\n").map { "<value>\(String($0).xmlEscaped)</value>" }
            return "<field var='\(name)'>\(values.joined())</field>"
        }
        let payload = "<x xmlns='jabber:x:data' type='submit'>\(fields.joined())</x>"
        return try await query("set", to: entity, "<query xmlns='jabber:iq:register'>\(payload)</query>")
    }

    /// Sends a chat message and returns its id.
    @discardableResult
    package func chat(_ text: String, to peer: String, receipt: Bool = false) throws -> String {
        let id = newID("chat")
        let payload = "<body>\(text.xmlEscaped)</body>" + (receipt ? "<request xmlns='urn:xmpp:receipts'/>" : "")
        try send("<message type='chat' to='\(peer.xmlEscaped)' id='\(id)'>\(payload)</message>")
        return id
    }

    /// Takes a message with exactly this text from that address.
    @discardableResult
    package func expectChat(_ text: String, from peer: String, within limit: Duration = .patience) async throws
        -> XMLNode
    {
        try await expect("the message “\(text)” from \(peer)", within: limit) {
            $0.name == "message" && $0.from == peer && $0.body == text
        }
    }

    /// Takes the error that answers the stanza of that kind and id.
    @discardableResult
    package func expectError(_ kind: String, id: String, from entity: String) async throws -> XMLNode {
        try await expect("an error to \(kind) \(id) from \(entity)") {
            $0.name == kind && $0.type == "error" && $0.id == id && $0.from == entity
        }
    }
}
