/// The stanzas that a room sends to a user who enters, in order (XEP-0045 §7.2.2).
package struct RoomEntry: Sendable {
    /// All stanzas from the room, from the first to the subject.
    package let sequence: [XMLNode]

    /// The nicks of the other occupants, from their presence.
    package var occupants: [String] {
        sequence.filter { $0.name == "presence" && !$0.statusCodes.contains("110") }.compactMap(\.occupant)
    }

    /// Our own presence, which has status 110.
    package var own: XMLNode? { sequence.first { $0.name == "presence" && $0.statusCodes.contains("110") } }

    /// The message that ends the sequence.
    package var subject: XMLNode? { sequence.last }
}

extension XMPPUser {
    /// Asks to enter a room (XEP-0045 §7.2.1), without waiting for the outcome.
    package func askToJoin(_ room: String, as nick: String, password: String? = nil, id: String? = nil) throws {
        let key = password.map { "<password>\($0.xmlEscaped)</password>" } ?? ""
        let payload = "<x xmlns='http://jabber.org/protocol/muc'>\(key)</x>"
        let mark = id.map { " id='\($0)'" } ?? ""
        try send("<presence to='\((room + "/" + nick).xmlEscaped)'\(mark)>\(payload)</presence>")
    }

    /// Enters a room and returns the stanzas that it sent, or throws with its refusal.
    @discardableResult
    package func join(_ room: String, as nick: String, password: String? = nil) async throws -> RoomEntry {
        try askToJoin(room, as: nick, password: password)
        return try await expectEntry(to: room)
    }

    /// Takes the whole sequence of stanzas of an entry.
    package func expectEntry(to room: String, within limit: Duration = .patience) async throws -> RoomEntry {
        let sequence = try await stanzas.sequence("the way into \(room)", within: limit) {
            $0.isFrom(room: room)
        } through: {
            $0.name == "message" && $0.child("subject") != nil && $0.child("body") == nil || $0.type == "error"
        }
        if let refusal = sequence.last, let error = refusal.error {
            throw RigFailure("\(jid) was not let into \(room): \(error) \(refusal.errorText ?? "")")
        }
        return RoomEntry(sequence: sequence)
    }

    /// Says something in a room and returns the message's id.
    @discardableResult
    package func say(_ text: String, in room: String) throws -> String {
        let id = newID("say")
        let body = "<body>\(text.xmlEscaped)</body>"
        try send("<message type='groupchat' to='\(room.xmlEscaped)' id='\(id)'>\(body)</message>")
        return id
    }

    package func leave(_ room: String, as nick: String, status: String? = nil) throws {
        let words = status.map { "<status>\($0.xmlEscaped)</status>" } ?? ""
        try send("<presence type='unavailable' to='\((room + "/" + nick).xmlEscaped)'>\(words)</presence>")
    }

    /// Takes a message of the room with exactly this text from that occupant.
    @discardableResult
    package func expectSaid(_ text: String, by nick: String, in room: String) async throws -> XMLNode {
        try await expect("“\(text)” from \(nick) in \(room)") {
            $0.name == "message" && $0.type == "groupchat" && $0.from == room + "/" + nick && $0.body == text
        }
    }

    /// Takes presence of an occupant: `available` or `unavailable`.
    @discardableResult
    package func expectOccupant(_ nick: String, in room: String, _ kind: String = "available") async throws -> XMLNode {
        try await expect("\(nick) \(kind) in \(room)") {
            $0.name == "presence" && $0.from == room + "/" + nick
                && ($0.type == kind || kind == "available" && $0.type.isEmpty)
        }
    }

    /// Reacts to a message of a room (XEP-0444).
    package func react(_ emoji: String, toStanzaIDOf message: XMLNode, in room: String) throws {
        let stanzaID = message.child("stanza-id")?.attributes["id"] ?? ""
        try send(
            "<message type='groupchat' to='\(room.xmlEscaped)' id='\(newID("react"))'>"
                + "<reactions xmlns='urn:xmpp:reactions:0' id='\(stanzaID.xmlEscaped)'><reaction>\(emoji)</reaction></reactions>"
                + "</message>")
    }

    /// Takes an occupant's reaction to a message of a room.
    @discardableResult
    package func expectReaction(
        _ emoji: String, by nick: String, to message: XMLNode, in room: String
    ) async throws -> XMLNode {
        let stanzaID = message.child("stanza-id")?.attributes["id"] ?? ""
        return try await expect("\(emoji) from \(nick) in \(room)") {
            let reactions = $0.child("reactions", "urn:xmpp:reactions:0")
            return $0.from == room + "/" + nick && reactions?.attributes["id"] == stanzaID
                && reactions?.all("reaction").map(\.text) == [emoji]
        }
    }
}
