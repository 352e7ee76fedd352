import XML

/// One contact in a roster (RFC 6121 §2.1.2).
package struct RosterItem: Sendable, Equatable {
    package static let namespace = "jabber:iq:roster"

    package enum Subscription: String, Sendable { case none, to, from, both, remove }

    package var jid: JID
    package var name: String?
    package var subscription: Subscription?
    package var groups: [String]

    package init(_ jid: JID, name: String? = nil, subscription: Subscription? = nil, groups: [String] = []) {
        self.jid = jid
        self.name = name
        self.subscription = subscription
        self.groups = groups
    }

    fileprivate init(_ element: Element, _ namespace: String) throws(PayloadError) {
        self.init(
            try element.requiredJID("jid"), name: element[attribute: "name"],
            subscription: element[attribute: "subscription"].flatMap(Subscription.init),
            groups: element.all("group", namespace: namespace).map(\.text).filter { !$0.isEmpty })
    }

    fileprivate func element(_ namespace: String, action: String? = nil) -> Element {
        var item = Element("item", namespace: namespace).with("action", action).with("jid", jid.description)
            .with("name", name).with("subscription", action == nil ? subscription?.rawValue : nil)
        for group in groups { item.append("group", text: group) }
        return item
    }
}

/// A query or push of a roster (RFC 6121 §2.1).
package struct RosterQuery: Payload {
    package static let namespace = RosterItem.namespace

    package var items: [RosterItem]

    package init(_ items: [RosterItem] = []) { self.items = items }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("query", Self.namespace)
        items = []
        for item in element.all("item", namespace: Self.namespace) {
            items.append(try RosterItem(item, Self.namespace))
        }
    }

    package var element: Element {
        var query = Element("query", namespace: Self.namespace)
        for item in items { query.append(item.element(Self.namespace)) }
        return query
    }
}

/// Proposes changes of a roster to a client (XEP-0144).
package struct RosterExchange: Payload {
    package static let namespace = "http://jabber.org/protocol/rosterx"

    /// The contacts that the user should add.
    package var items: [RosterItem]

    package init(adding items: [RosterItem]) { self.items = items }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("x", Self.namespace)
        items = []
        for item in element.all("item", namespace: Self.namespace)
        where item[attribute: "action"].map({ $0 == "add" }) ?? true {
            items.append(try RosterItem(item, Self.namespace))
        }
    }

    package var element: Element {
        var exchange = Element("x", namespace: Self.namespace)
        for item in items { exchange.append(item.element(Self.namespace, action: "add")) }
        return exchange
    }
}

/// Asks a user for the permission to manage the part of the roster that belongs to an entity, or tells the answer
/// (XEP-0321 §4.1).
package struct RosterManagement: Payload {
    package static let namespace = "urn:xmpp:tmp:roster-management:0"

    package enum Step: String, Sendable { case request, allowed, rejected }

    package var step: Step
    package var reason: String?

    package init(_ step: Step, reason: String? = nil) {
        self.step = step
        self.reason = reason
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("query", Self.namespace)
        guard let step = Step(rawValue: try element.required("type")) else {
            throw PayloadError("query", "'type' is none of request, allowed and rejected")
        }
        self.init(step, reason: element[attribute: "reason"])
    }

    package var element: Element {
        Element("query", namespace: Self.namespace).with("reason", reason).with("type", step.rawValue)
    }
}
