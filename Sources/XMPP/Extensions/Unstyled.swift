import XML

/// `<unstyled/>`: clients must not read marks in the body as emphasis (XEP-0393 §6).
package struct Unstyled: Payload {
    package static let namespace = "urn:xmpp:styling:0"

    package init() {}

    package init(_ element: Element) throws(PayloadError) { try element.expect("unstyled", Self.namespace) }

    package var element: Element { Element("unstyled", namespace: Self.namespace) }
}
