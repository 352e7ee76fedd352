import XML

/// Simple communications blocking (XEP-0191): a request for the list of blocked addresses, the list, and a change of
/// it, from a client or to one.
package struct BlockingRequest: Payload {
    package static let namespace = "urn:xmpp:blocking"

    /// The name of the element.
    package enum Kind: String, Sendable, CaseIterable { case blocklist, block, unblock }

    package var kind: Kind
    /// The addresses. An `unblock` without any means all addresses (§3.5).
    package var addresses: [JID]

    package init(_ kind: Kind, _ addresses: [JID] = []) {
        self.kind = kind
        self.addresses = addresses
    }

    package init(_ element: Element) throws(PayloadError) {
        guard let kind = Kind(rawValue: element.name) else {
            throw PayloadError(element.name, "is no request of XEP-0191")
        }
        try element.expect(kind.rawValue, Self.namespace)
        self.init(kind)
        for item in element.all("item", namespace: Self.namespace) { addresses.append(try item.requiredJID("jid")) }
        // XEP-0191 §3.3.
        if kind == .block, addresses.isEmpty { throw PayloadError("block", "no <item/> names an address") }
    }

    package var element: Element {
        var element = Element(kind.rawValue, namespace: Self.namespace)
        for address in addresses {
            element.append(Element("item", namespace: Self.namespace).with("jid", address.description))
        }
        return element
    }

    /// The condition beside `not-acceptable` in the error for a stanza to a blocked address (§3.3).
    package static let blocked = Element("blocked", namespace: "urn:xmpp:blocking:errors")
}
