import Basics
import XML

/// Delayed delivery (XEP-0203): the time at which a stanza was first sent.
package struct Delay: Payload {
    package static let namespace = "urn:xmpp:delay"

    /// Seconds since 1970-01-01T00:00:00Z; written to the millisecond.
    package var stamp: Double
    /// The entity that held the stanza back.
    package var from: JID?
    /// The reason for the delay, in words.
    package var reason: String?

    package init(stamp: Double, from: JID? = nil, reason: String? = nil) {
        self.stamp = stamp
        self.from = from
        self.reason = reason
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("delay", Self.namespace)
        guard let stamp = DateTime.parse(try element.required("stamp")) else {
            throw PayloadError("delay", "'stamp' is not a time")
        }
        let text = element.text
        self.init(stamp: stamp, from: try element.jid("from"), reason: text.isEmpty ? nil : text)
    }

    package var element: Element {
        Element("delay", namespace: Self.namespace, text: reason ?? "")
            .with("from", from?.description).with("stamp", DateTime.print(stamp))
    }
}
