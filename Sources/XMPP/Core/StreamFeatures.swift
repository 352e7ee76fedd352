import XML

/// The features that a server offers after its stream header (RFC 6120 §4.3.2), as far as component streams have any.
/// Other features are ignored.
package struct StreamFeatures: Payload {
    /// An offer of STARTTLS (RFC 6120 §5.3).
    package enum Offer: Sendable, Equatable { case none, optional, required }

    package static let namespace = "http://etherx.jabber.org/streams"

    package var startTLS: Offer

    package init(startTLS: Offer) { self.startTLS = startTLS }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("features", Self.namespace)
        guard let offer = element.first("starttls", namespace: StartTLS.namespace) else {
            startTLS = .none
            return
        }
        startTLS = offer.first("required", namespace: StartTLS.namespace) == nil ? .optional : .required
    }

    package var element: Element {
        guard startTLS != .none else { return Element("features", namespace: Self.namespace) }
        let required = startTLS == .required ? [Element("required", namespace: StartTLS.namespace)] : []
        let offer = Element("starttls", namespace: StartTLS.namespace, elements: required)
        return Element("features", namespace: Self.namespace, elements: [offer])
    }
}
