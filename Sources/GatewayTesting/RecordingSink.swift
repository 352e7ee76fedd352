import GatewayKit

/// Records the events that an adapter session emits, and answers each event whose session waits for an answer.
package final class RecordingSink {
    /// All events, in the order in which the session emitted them.
    package private(set) var events: [Event] = []
    /// Events that the session emitted with `emit(_:onAnswer:)`.
    package private(set) var awaited: [Event] = []
    /// The answer to the next events that the session emits with `emit(_:onAnswer:)`.
    package var answer: EventSink.StorageAnswer = .stored
    /// The capabilities that the session has announced.
    package private(set) var capabilities = CapabilityTable()
    /// Called for each event after it has been recorded. `isAwaited` says whether the session waits for an answer.
    package var observer: ((Event, _ isAwaited: Bool) -> Void)?

    package init() {}

    /// The sink for opening the session.
    package var sink: EventSink {
        EventSink { [self] event, onAnswer in
            events.append(event)
            if onAnswer != nil { awaited.append(event) }
            if case .state(.capabilities(let scope, let new)) = event { capabilities.set(scope, new) }
            observer?(event, onAnswer != nil)
            onAnswer?(answer)
        }
    }

    /// The messages among the events.
    package var messages: [InboundMessage] {
        events.compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    /// All events except announced capabilities, with which every session begins.
    package var news: [Event] { events.filter { !$0.isCapabilities } }

    /// The outcomes of a request and the answer to it, in order.
    package func outcomes(of id: RequestID) -> [Event] {
        events.filter { $0.requestID == id }
    }
}

extension Event {
    /// The request that the event is the outcome of or the answer to; nil for any other event.
    package var requestID: RequestID? {
        switch self {
        case .outcome(let id, _), .answer(let id, _): id
        default: nil
        }
    }

    /// Whether the event announces capabilities.
    package var isCapabilities: Bool { if case .state(.capabilities) = self { true } else { false } }
}

extension InboundMessage {
    /// The body of a text; empty for any other content.
    package var text: String { if case .text(let text) = content { text.body } else { "" } }

    /// The form of a text: plain, action or notice; nil for any other content.
    package var form: Text.Form? { if case .text(let text) = content { text.form } else { nil } }
}
