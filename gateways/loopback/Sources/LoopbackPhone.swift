import GatewayKit

/// The phone of the loopback network. It answers each text, and reports it as delivered.
package final class LoopbackPhone {
    /// The number of requests that sessions have made, for tests.
    package private(set) var requests = 0
    /// The number of texts of the phone that the gateway has stored.
    package private(set) var taken = 0
    private var latest: EventSink?
    private var texts = 0

    package init() {}

    /// Counts a request that does not concern the phone.
    func note() { requests += 1 }

    /// Takes a text. The report and the answer follow at once.
    func take(_ text: Text, _ id: RequestID, _ events: EventSink) {
        note()
        events.emit(.outcome(id, .accepted(as: MessageID(id.rawValue))))
        events.emit(.outcome(id, .delivered), onAnswer: { _ in })
        // The id of the request is in no other message, also after a restart, so the answer is never taken for a repeat.
        write("You wrote: \(text.body)", id: "answer-\(id.rawValue)", to: events)
    }

    /// Writes to the latest session unasked. Only tests do this.
    package func write(_ text: String) {
        guard let latest else { return }
        texts += 1
        write(text, id: "unasked-\(texts)", to: latest)
    }

    /// Notes a new session.
    func connect(_ events: EventSink) { latest = events }

    private func write(_ text: String, id: String, to events: EventSink) {
        let message = InboundMessage(
            from: .peer(LoopbackRules.phone), displayName: LoopbackRules.phone.name, text: text, id: MessageID(id))
        events.emit(.message(message)) { answer in if answer == .stored { self.taken += 1 } }
    }
}
