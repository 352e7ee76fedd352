import XML

/// Delivery receipts (XEP-0184).
package enum Receipt: Payload {
    package static let namespace = "urn:xmpp:receipts"

    /// The sender wants to know when the message has arrived.
    case request
    /// The message with this id has arrived (§7). Such a message never asks for a receipt itself (§5.4).
    case received(id: String)

    package init(_ element: Element) throws(PayloadError) {
        guard element.name == "received" else {
            try element.expect("request", Self.namespace)
            self = .request
            return
        }
        try element.expect("received", Self.namespace)
        self = .received(id: try element.required("id"))
    }

    package var element: Element {
        switch self {
        case .request: Element("request", namespace: Self.namespace)
        case .received(let id): Element("received", namespace: Self.namespace).with("id", id)
        }
    }
}
