import XML

/// Queries for roles and affiliations, and changes of them (XEP-0045 §17.3).
package struct MUCAdmin: Payload {
    package static let namespace = "http://jabber.org/protocol/muc#admin"

    package var items: [MUC.Item]

    package init(items: [MUC.Item]) { self.items = items }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("query", Self.namespace)
        var items: [MUC.Item] = []
        for child in element.all("item", namespace: Self.namespace) { items.append(try MUC.Item(child)) }
        self.items = items
    }

    package var element: Element {
        Element(
            "query", namespace: Self.namespace, children: items.map { .element($0.element(in: Self.namespace)) })
    }
}
