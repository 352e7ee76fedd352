import GatewayKit

/// The outbound messages of one number. The queue decides which message may be sent to the provider next. It is a value
/// and sends nothing itself.
///
/// At most one message to the same person is in flight, because two transfers may overtake each other.
struct SendQueue {
    /// A message that was sent to the provider and has no answer yet.
    struct InFlight {
        let message: OutboundText
        /// Whether a report proves that the provider has the message, whatever the answer says.
        var isAccepted = false
        /// Final reports that came before the answer.
        var reports: [EarlyReport] = []
    }

    /// A final report with the callback that tells whether it was taken.
    struct EarlyReport {
        let event: Event
        let onAnswer: (EventSink.StorageAnswer) -> Void
    }

    static let mostWaiting = 200
    static let mostInFlight = 16
    static let mostReports = 4

    private(set) var waiting: [OutboundText] = []
    private var flights: [RequestID: InFlight] = [:]
    private var receivers: Set<Correspondent> = []

    var isEmpty: Bool { waiting.isEmpty && flights.isEmpty }
    var isFull: Bool { waiting.count >= Self.mostWaiting }

    mutating func add(_ message: OutboundText) { waiting.append(message) }

    /// Whether `start()` would return a message.
    var isReady: Bool { readyIndex != nil }

    /// Moves the oldest message that may be sent to the messages in flight, and returns it. Nil if there is none.
    mutating func start() -> OutboundText? {
        guard let index = readyIndex else { return nil }
        let message = waiting.remove(at: index)
        flights[message.ref] = InFlight(message: message)
        receivers.insert(message.to)
        return message
    }

    /// Removes a message in flight, because its answer has come or will not come.
    mutating func finish(_ id: RequestID) -> InFlight? {
        guard let flight = flights.removeValue(forKey: id) else { return nil }
        receivers.remove(flight.message.to)
        return flight
    }

    mutating func dropWaiting() -> [OutboundText] {
        defer { waiting = [] }
        return waiting
    }

    var inFlight: [RequestID] { flights.values.map(\.message.ref) }

    func isInFlight(_ id: RequestID) -> Bool { flights[id] != nil }

    /// Notes that the provider has a message in flight.
    mutating func markAccepted(_ id: RequestID) { flights[id]?.isAccepted = true }

    /// Keeps a final report until the answer comes. Returns false if too many reports of the message are kept.
    mutating func keepReport(_ report: EarlyReport, for id: RequestID) -> Bool {
        guard let count = flights[id]?.reports.count, count < Self.mostReports else { return false }
        flights[id]?.reports.append(report)
        if case .outcome(_, .delivered) = report.event { markAccepted(id) }
        return true
    }

    private var readyIndex: Int? {
        guard flights.count < Self.mostInFlight else { return nil }
        return waiting.firstIndex { !receivers.contains($0.to) && flights[$0.ref] == nil }
    }
}
