import GatewayKit

/// Keeps what an adapter session emits, and answers where the session waits for an answer.
package final class RecordingSink {
    /// In the order in which they came.
    package private(set) var events: [Event] = []
    /// Events whose session waited until they were taken.
    package private(set) var awaited: [Event] = []
    /// The answer to the next events of that kind.
    package var answer: EventSink.Taken = .stored
    /// What the session has announced that it can do.
    package private(set) var capabilities = CapabilityTable()
    /// Called for each event, after it has been kept; also told whether the session waits until it is taken.
    package var observer: ((Event, _ isAwaited: Bool) -> Void)?

    package init() {}

    /// What the session is opened with.
    package var sink: EventSink {
        EventSink { [self] event, taken in
            events.append(event)
            if taken != nil { awaited.append(event) }
            if case .state(.capabilities(let scope, let new)) = event { capabilities.set(scope, new) }
            observer?(event, taken != nil)
            taken?(answer)
        }
    }

    package var messages: [InboundMessage] {
        events.compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    /// Everything but capabilities, which every session announces first.
    package var news: [Event] { events.filter { !$0.isCapabilities } }

    /// What became of a request, in order.
    package func outcomes(of id: RequestID) -> [Event] {
        events.filter { $0.requestID == id }
    }
}

extension Event {
    /// The request whose outcome or answer this is; nil for what the network reports of itself.
    package var requestID: RequestID? {
        switch self {
        case .outcome(let id, _), .answer(let id, _): id
        default: nil
        }
    }

    package var isCapabilities: Bool { if case .state(.capabilities) = self { true } else { false } }
}

extension InboundMessage {
    /// The words of a text; empty for any other content.
    package var text: String { if case .text(let text) = content { text.body } else { "" } }

    /// How the words of a text are meant; nil for any other content.
    package var form: Text.Form? { if case .text(let text) = content { text.form } else { nil } }
}
