import XML

/// Last Message Correction (XEP-0308): the message takes the place of an earlier one of the same sender.
package struct Correction: Payload {
    package static let namespace = "urn:xmpp:message-correct:0"

    /// The id of the earlier message.
    package var id: String

    package init(of id: String) { self.id = id }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("replace", Self.namespace)
        self.init(of: try element.required("id"))
    }

    package var element: Element { Element("replace", namespace: Self.namespace).with("id", id) }
}
