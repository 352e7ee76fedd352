import XML

/// One item of a node, as the answer to a query for the items of the node (XEP-0060 §6.5).
package struct PublishedItem: Sendable, Equatable {
    package static let namespace = "http://jabber.org/protocol/pubsub"

    package var node: String
    package var id: String
    package var payload: Element

    package init(node: String, id: String, payload: Element) {
        self.node = node
        self.id = id
        self.payload = payload
    }

    /// The node that a query asks for; nil if the query asks for no items.
    package static func requestedNode(in query: Element) -> String? {
        query.first("items", namespace: namespace)?[attribute: "node"]
    }

    package var element: Element { element("pubsub", Self.namespace) }

    /// The news of the item, for those who want it (XEP-0060 §7.1.2.1).
    package var event: Element { element("event", Self.namespace + "#event") }

    private func element(_ name: String, _ namespace: String) -> Element {
        var item = Element("item", namespace: namespace).with("id", id)
        item.append(payload)
        var items = Element("items", namespace: namespace).with("node", node)
        items.append(item)
        var element = Element(name, namespace: namespace)
        element.append(items)
        return element
    }
}
