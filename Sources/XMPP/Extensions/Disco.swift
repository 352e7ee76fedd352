import XML

/// Service discovery (XEP-0030): the identity and features of an entity (§3).
package struct DiscoInfo: Payload {
    package static let namespace = "http://jabber.org/protocol/disco#info"

    /// Category and type are from the registrar's list (XEP-0030 §15.2).
    package struct Identity: Sendable, Equatable {
        package var category: String
        package var type: String
        package var name: String?
        /// The `xml:lang` of the name.
        package var lang: String?

        package init(_ category: String, _ type: String, name: String? = nil, lang: String? = nil) {
            self.category = category
            self.type = type
            self.name = name
            self.lang = lang
        }
    }

    package var node: String?
    package var identities: [Identity]
    /// The namespaces of the features that the entity supports.
    package var features: [String]
    /// Extended information (XEP-0128).
    package var forms: [DataForm]

    package init(
        node: String? = nil, identities: [Identity] = [], features: [String] = [], forms: [DataForm] = []
    ) {
        self.node = node
        self.identities = identities
        self.features = features
        self.forms = forms
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("query", Self.namespace)
        self.init(node: element[attribute: "node"])
        for child in element.elements {
            switch (child.name, child.namespace) {
            case ("identity", Self.namespace): identities.append(try Identity(child))
            case ("feature", Self.namespace): features.append(try child.required("var"))
            case ("x", DataForm.namespace): forms.append(try DataForm(child))
            default: break
            }
        }
    }

    package var element: Element {
        var query = Element("query", namespace: Self.namespace).with("node", node)
        for identity in identities { query.append(identity.element) }
        for feature in features {
            query.append(Element("feature", namespace: Self.namespace).with("var", feature))
        }
        for form in forms { query.append(form.element) }
        return query
    }
}

extension DiscoInfo.Identity {
    fileprivate init(_ element: Element) throws(PayloadError) {
        self.init(
            try element.required("category"), try element.required("type"), name: element[attribute: "name"],
            lang: element.attributes.first { $0.name == "lang" && $0.namespace == StanzaHead.xmlNamespace }?.value)
    }

    fileprivate var element: Element {
        var identity = Element("identity", namespace: DiscoInfo.namespace)
            .with("category", category).with("type", type).with("name", name)
        if let lang {
            identity.attributes.append(Attribute("lang", lang, namespace: StanzaHead.xmlNamespace))
        }
        return identity
    }
}

/// Service discovery (XEP-0030): the items of an entity (§4).
package struct DiscoItems: Payload {
    package static let namespace = "http://jabber.org/protocol/disco#items"

    package struct Item: Sendable, Equatable {
        package var jid: JID
        package var node: String?
        package var name: String?

        package init(_ jid: JID, node: String? = nil, name: String? = nil) {
            self.jid = jid
            self.node = node
            self.name = name
        }
    }

    package var node: String?
    package var items: [Item]
    /// Children that do not belong to XEP-0030, such as a page mark (XEP-0059).
    package var others: [Element]

    package init(node: String? = nil, items: [Item] = [], others: [Element] = []) {
        self.node = node
        self.items = items
        self.others = others
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("query", Self.namespace)
        self.init(node: element[attribute: "node"])
        for child in element.elements {
            if child.name == "item", child.namespace == Self.namespace {
                items.append(
                    Item(
                        try child.requiredJID("jid"), node: child[attribute: "node"], name: child[attribute: "name"]))
            } else {
                others.append(child)
            }
        }
    }

    package var element: Element {
        var query = Element("query", namespace: Self.namespace).with("node", node)
        for item in items {
            query.append(
                Element("item", namespace: Self.namespace)
                    .with("jid", item.jid.description).with("node", item.node).with("name", item.name))
        }
        for other in others { query.append(other) }
        return query
    }
}
