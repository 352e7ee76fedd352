/// Passes the events of one session to the core. Call it on the gateway's event loop only. A session may also emit
/// events within `open`, `perform` and `close`.
package struct EventSink {
    /// Whether the core has stored an event. Only events of stored addresses (`Delivery.stored`) get this answer.
    package enum StorageAnswer: Sendable, Equatable, Codable {
        /// The event is durable, or the core already had it: acknowledge it to the network.
        case stored
        /// The core has not stored the event: do not acknowledge it, so that the network sends it again.
        case refused(Failure)
    }

    private let deliver: (consuming Event, ((StorageAnswer) -> Void)?) -> Void

    /// - Parameter deliver: takes each event, and the function to call with the answer; nil if no answer is needed.
    package init(_ deliver: @escaping (consuming Event, ((StorageAnswer) -> Void)?) -> Void) { self.deliver = deliver }

    /// Passes on an event that needs no acknowledgement.
    package func emit(_ event: consuming Event) { deliver(event, nil) }

    /// Passes on an event of a stored address (`Delivery.stored`). The core calls `onAnswer` exactly once, on the loop.
    package func emit(_ event: consuming Event, onAnswer: @escaping (StorageAnswer) -> Void) {
        deliver(event, onAnswer)
    }
}
