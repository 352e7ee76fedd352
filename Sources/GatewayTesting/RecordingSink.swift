import GatewayKit

/// Keeps what an adapter session emits, and answers where the session waits for an answer.
package final class RecordingSink {
    /// In the order in which they came.
    package private(set) var events: [Event] = []
    /// Events whose session waited until they were taken.
    package private(set) var awaited: [Event] = []
    /// The answer to the next events of that kind.
    package var answer: EventSink.Taken = .stored
    /// Called for each event, after it has been kept.
    package var observer: ((Event) -> Void)?

    package init() {}

    /// What the session is opened with.
    package var sink: EventSink {
        EventSink { [self] event, taken in
            events.append(event)
            if taken != nil { awaited.append(event) }
            observer?(event)
            taken?(answer)
        }
    }

    package var messages: [InboundMessage] {
        events.compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    /// Accepted, delivered and failed, in order.
    package func outcomes(of id: RequestID) -> [Event] {
        events.filter { $0.requestID == id }
    }
}

extension Event {
    /// The request whose outcome this is; nil for what the network reports of itself.
    package var requestID: RequestID? {
        switch self {
        case .accepted(let id, as: _), .delivered(let id), .failed(let id, _): id
        default: nil
        }
    }
}
