/// Where a session's events go. On the gateway's loop only; may be called from within `open`, `perform` and `close`.
package struct EventSink {
    /// What the core did with an event that had to be taken before it could be acknowledged.
    package enum Taken: Sendable, Equatable, Codable {
        /// Durable, or already known: acknowledge it.
        case stored
        /// Not taken; the network should offer it again.
        case refused(Failure)
    }

    private let deliver: (consuming Event, ((Taken) -> Void)?) -> Void

    package init(_ deliver: @escaping (consuming Event, ((Taken) -> Void)?) -> Void) { self.deliver = deliver }

    package func emit(_ event: consuming Event) { deliver(event, nil) }

    /// For stored addresses (`Delivery.stored`): `taken` is called exactly once, on the loop.
    package func emit(_ event: consuming Event, taken: @escaping (Taken) -> Void) { deliver(event, taken) }
}
