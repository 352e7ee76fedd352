import XML

/// The exchange before TLS on an open stream (RFC 6120 §5.4.2).
package enum StartTLS: String, Payload {
    /// The request for TLS.
    case request = "starttls"
    /// The server's consent. TLS begins with the next byte.
    case proceed
    /// The server's refusal. The server ends the stream.
    case failure

    package static let namespace = "urn:ietf:params:xml:ns:xmpp-tls"

    package init(_ element: Element) throws(PayloadError) {
        guard element.namespace == Self.namespace, let step = StartTLS(rawValue: element.name) else {
            throw PayloadError(element.name, "expected a step of STARTTLS")
        }
        self = step
    }

    package var element: Element { Element(rawValue, namespace: Self.namespace) }
}
