import XML

/// Message Processing Hints (XEP-0334): the sender's wishes for the storage and the copies of a message.
package enum ProcessingHint: String, Sendable, CaseIterable {
    /// Keep the message in no archive (§4.1).
    case noPermanentStore = "no-permanent-store"
    /// Keep the message nowhere, not even until it can be delivered (§4.2).
    case noStore = "no-store"
    /// Bring the message to no other client (§4.3).
    case noCopy = "no-copy"
    /// Keep the message in archives, though it has no body (§4.4, "Store").
    case store

    package static let namespace = "urn:xmpp:hints"

    package var element: Element { Element(rawValue, namespace: Self.namespace) }
}

extension Message {
    /// Whether the sender has given the message a hint. Fast for a message that has nothing but a body.
    package func has(_ hint: ProcessingHint) -> Bool {
        payload.count > 1 && payload.contains { $0.namespace == ProcessingHint.namespace && $0.name == hint.rawValue }
    }
}
