import XML

/// XMPP ping (XEP-0199): an iq get that any entity answers with an empty result.
package struct Ping: Payload {
    package static let namespace = "urn:xmpp:ping"

    package init() {}

    package init(_ element: Element) throws(PayloadError) { try element.expect("ping", Self.namespace) }

    package var element: Element { Element("ping", namespace: Self.namespace) }
}
