import Basics
import Crypto
import XML

/// The handshake of a component stream (XEP-0114 §3). Without a digest it is the server's consent.
package struct ComponentHandshake: Payload {
    /// The content namespace of component streams.
    package static let streamNamespace = "jabber:component:accept"
    /// The namespace in memory, where a stream's content namespace has been renamed.
    package static let namespace = Stanza.namespace

    /// SHA-1 in lower-case hexadecimal; nil for the server's consent.
    package var digest: String?

    package init(digest: String? = nil) { self.digest = digest }

    /// Makes the proof that the secret is known: SHA-1 of the stream id followed by the secret. Neither is escaped as
    /// in XML; XEP-0114 asks for that, but no server does it.
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
