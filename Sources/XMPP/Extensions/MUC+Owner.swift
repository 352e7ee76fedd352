import XML

/// Configuration and destruction of a room by its owner (XEP-0045 §10, §17.4). An empty one is a request for the form.
package struct MUCOwner: Payload {
    package static let namespace = "http://jabber.org/protocol/muc#owner"

    package var form: DataForm?
    package var destroy: MUC.Destroy?

    package init(form: DataForm? = nil, destroy: MUC.Destroy? = nil) {
        self.form = form
        self.destroy = destroy
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("query", Self.namespace)
        self.init(form: try DataForm.find(in: element))
        if let destroy = element.first("destroy", namespace: Self.namespace) {
            self.destroy = try MUC.Destroy(destroy)
        }
    }

    package var element: Element {
        var query = Element("query", namespace: Self.namespace)
        if let form { query.append(form.element) }
        if let destroy { query.append(destroy.element(in: Self.namespace)) }
        return query
    }
}
