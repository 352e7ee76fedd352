import GatewayKit
import HTTP

/// The rules by which a provider is asked for events, if it does not call us, or does not repeat a failed call.
struct PollRule: Sendable {
    /// The time between two questions.
    let every: Duration
    let request: RequestRule
    /// The condition by which an answer is read for events.
    let accept: Condition
    /// The meaning of the events in the answer.
    let events: HookRule
    /// Selects the place from which the next question continues; nil if the provider itself remembers it.
    let cursor: Selector?

    /// The name of the cursor in templates.
    static let cursorName = "poll.cursor"
    /// The longest cursor, in bytes.
    static let longestCursor = 512

    /// An answer, whose events are read in slices.
    struct Answer: Sendable {
        /// The parts of the answer of which each is an event. Their number is bounded by the size of the answer.
        let elements: [Received]
        /// The place for the next question. Nil if the answer has none: then the old place stays.
        let cursor: String?
    }

    /// Events of an answer that are taken together.
    struct Slice: Sendable {
        let events: [HookEvent]
        /// Why events were left out: one reason for each.
        let faults: [HookRefusal]
    }

    /// Makes the request that asks for the events behind a place; nil asks from the beginning.
    func request(
        cursor: String?, settings: ProviderSettings, now: Double, token: String?
    ) throws(Failure) -> HTTPRequest {
        var values = settings.values
        values[Self.cursorName] = cursor ?? ""
        values[RequestRule.tokenName] = token
        return try request.request(values, now: now)
    }

    /// The events of one slice of an answer, which has `HookRule.mostEvents` elements.
    ///
    /// - Throws: the first fault if none of the elements can be read.
    func slice(_ answer: Answer, from start: Int) throws(HookRefusal) -> Slice {
        let (events, faults) = self.events.events(in: answer.elements.dropFirst(start).prefix(HookRule.mostEvents))
        if events.isEmpty, let fault = faults.first { throw fault }
        return Slice(events: events, faults: faults)
    }

    /// Reads an answer. Throws the reason if it has no events that can be read.
    func answer(_ response: HTTPResponse, settings: ProviderSettings) throws(HookRefusal) -> Answer {
        var received = Received(response)
        received.settings = settings.values
        guard accept.holds(received) else { throw .malformed("the provider answered \(response.status)") }
        let elements = try events.elements(of: received)
        let cursor = cursor?.value(in: received).flatMap { (1...Self.longestCursor).contains($0.utf8.count) ? $0 : nil }
        return Answer(elements: elements, cursor: cursor)
    }
}

extension PollRule {
    /// Reads `poll`, and finishes the reader.
    init?(
        reading reader: ConfigReader, names: Set<String>, addresses: Set<String>, states: [String: DeliveryState]
    ) {
        defer { reader.finish() }
        let every = reader.integer("every", in: 5...86_400)
        if every == nil { reader.report("every", "required, but missing: seconds between two questions") }
        let request = reader.map("request").flatMap {
            RequestRule(reading: $0, names: names.union([Self.cursorName]), addresses: addresses)
        }
        if !reader.has("request") { reader.report("request", "required, but missing") }
        let accept = reader.has("accept") ? reader.condition("accept") : Condition.status([200])
        let events = HookRule(polling: reader, states: states)
        let cursor = reader.selector("cursor")
        if cursor == nil, request?.names.contains(Self.cursorName) == true {
            reader.report("cursor", "required: the request contains {{\(Self.cursorName)}}")
        }
        guard let every, let request, let accept, let events else { return nil }
        self.init(every: .seconds(every), request: request, accept: accept, events: events, cursor: cursor)
    }
}
