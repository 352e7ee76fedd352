import XML

/// The nickname that a user has chosen (XEP-0172).
package struct Nickname: Payload {
    package static let namespace = "http://jabber.org/protocol/nick"

    package var name: String

    package init(_ name: String) { self.name = name }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("nick", Self.namespace)
        name = element.text
    }

    package var element: Element { Element("nick", namespace: Self.namespace, text: name) }
}
