import Basics
import Crypto
import XML

/// The handshake of a component stream (XEP-0114 §3). Without digest it is the server's assent.
package struct ComponentHandshake: Payload {
    /// The content namespace of component streams.
    package static let streamNamespace = "jabber:component:accept"
    /// The namespace in memory, where a stream's content namespace has been renamed.
    package static let namespace = Stanza.namespace

    /// SHA-1 in lower-case hexadecimal, or nil.
    package var digest: String?

    package init(digest: String? = nil) { self.digest = digest }

    /// Proves that the secret is known: SHA-1 of the stream id followed by the secret. Neither is escaped as in XML,
    /// which XEP-0114 asks for and no server does.
    package init(streamID: String, secret: String) {
        digest = Hex.encode(Insecure.SHA1.hash(data: Array((streamID + secret).utf8)))
    }

    package init(_ element: Element) throws(PayloadError) {
        guard element.name == "handshake", [Self.namespace, Self.streamNamespace].contains(element.namespace) else {
            throw PayloadError(element.name, "expected <handshake/>")
        }
        let text = element.text
        digest = text.isEmpty ? nil : text
    }

    package var element: Element { Element("handshake", namespace: Self.namespace, text: digest ?? "") }
}
