import XML

/// Multi-user chat (XEP-0045): the types that several of its payloads share.
package enum MUC {
    package static let namespace = "http://jabber.org/protocol/muc"

    /// The long-lived standing of a user in a room (XEP-0045 §5.2).
    package enum Affiliation: String, Sendable, CaseIterable { case owner, admin, member, outcast, none }

    /// The standing of an occupant for the time of a visit (XEP-0045 §5.1).
    package enum Role: String, Sendable, CaseIterable { case moderator, participant, visitor, none }

    /// The user who kicked, banned or granted something; at least one of the two names is present (XEP-0045 §8.2).
    package struct Actor: Sendable, Equatable {
        package var jid: JID?
        package var nick: String?

        package init(jid: JID? = nil, nick: String? = nil) {
            self.jid = jid
            self.nick = nick
        }
    }

    /// One occupant or one entry of a list (XEP-0045 §17.2, §17.3).
    package struct Item: Sendable, Equatable {
        package var affiliation: Affiliation?
        package var role: Role?
        package var jid: JID?
        package var nick: String?
        package var actor: Actor?
        package var reason: String?

        package init(
            affiliation: Affiliation? = nil, role: Role? = nil, jid: JID? = nil, nick: String? = nil,
            actor: Actor? = nil, reason: String? = nil
        ) {
            self.affiliation = affiliation
            self.role = role
            self.jid = jid
            self.nick = nick
            self.actor = actor
            self.reason = reason
        }
    }

    /// The end of a room: a request for it (§10.9), or the news of it.
    package struct Destroy: Sendable, Equatable {
        /// The room to go to instead.
        package var alternative: JID?
        package var reason: String?
        /// The other room's password.
        package var password: String?

        package init(alternative: JID? = nil, reason: String? = nil, password: String? = nil) {
            self.alternative = alternative
            self.reason = reason
            self.password = password
        }
    }
}

extension MUC.Item {
    init(_ element: Element) throws(PayloadError) {
        let actor = element.first("actor", namespace: element.namespace)
        self.init(
            affiliation: try element.word("affiliation", MUC.Affiliation.self),
            role: try element.word("role", MUC.Role.self),
            jid: try element.jid("jid"), nick: element[attribute: "nick"],
            reason: element.childText("reason"))
        if let actor { self.actor = MUC.Actor(jid: try actor.jid("jid"), nick: actor[attribute: "nick"]) }
    }

    func element(in namespace: String) -> Element {
        var item = Element("item", namespace: namespace)
            .with("affiliation", affiliation?.rawValue).with("jid", jid?.description).with("nick", nick)
            .with("role", role?.rawValue)
        if let actor {
            item.append(
                Element("actor", namespace: namespace)
                    .with("jid", actor.jid?.description).with("nick", actor.nick))
        }
        item.append("reason", text: reason)
        return item
    }
}

extension MUC.Destroy {
    init(_ element: Element) throws(PayloadError) {
        self.init(
            alternative: try element.jid("jid"), reason: element.childText("reason"),
            password: element.childText("password"))
    }

    func element(in namespace: String) -> Element {
        var destroy = Element("destroy", namespace: namespace).with("jid", alternative?.description)
        destroy.append("reason", text: reason)
        destroy.append("password", text: password)
        return destroy
    }
}
