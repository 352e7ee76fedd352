import XML

/// Message Retraction (XEP-0424): the sender takes an earlier message back.
package struct Retraction: Payload {
    package static let namespace = "urn:xmpp:message-retract:1"
    /// The version before 0.4.0 of XEP-0424, within `<apply-to/>` (XEP-0422).
    private static let oldNamespace = "urn:xmpp:message-retract:0"
    private static let fastening = "urn:xmpp:fasten:0"

    /// The id of the earlier message.
    package var id: String

    package init(of id: String) { self.id = id }

    package init(_ element: Element) throws(PayloadError) {
        let isOld =
            element.name == "apply-to" && element.namespace == Self.fastening
            && element.first("retract", namespace: Self.oldNamespace) != nil
        if !isOld { try element.expect("retract", Self.namespace) }
        self.init(of: try element.required("id"))
    }

    package var element: Element { Element("retract", namespace: Self.namespace).with("id", id) }
}
