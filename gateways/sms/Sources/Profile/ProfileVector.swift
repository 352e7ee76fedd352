import GatewayKit
import HTTP

/// One test of a profile. It has a message and its expected request, an answer and its expected outcome, a webhook call
/// and its expected event, or the URL of a file and the request for it.
struct ProfileVector: Sendable {
    enum Subject: Sendable {
        case send(OutboundVector)
        case hook(HookVector)
        case media(MediaVector)
        /// A test that could not be read. The fault has been reported.
        case none
    }

    let name: String
    let place: ConfigPlace
    /// Values of the profile's settings.
    let settings: [String: String]
    let subject: Subject

    init(reading reader: ConfigReader) {
        defer { reader.finish() }
        place = reader.place
        name = reader.requiredString("name") ?? ""
        settings = reader.map("settings")?.words() ?? [:]
        if reader.has("send") {
            subject = .send(OutboundVector(reading: reader))
        } else if reader.has("hook") {
            subject = HookVector(reading: reader).map(Subject.hook) ?? .none
        } else if reader.has("media") {
            subject = .media(MediaVector(reading: reader))
        } else {
            reader.report("send", "a test says one of 'send', 'hook' and 'media'")
            subject = .none
        }
    }
}

/// A test of an outbound message.
struct OutboundVector: Sendable {
    struct Expected: Sendable {
        let method: String?
        /// The address of the request, without its query.
        let url: String?
        let query: [String: String]?
        let form: [String: String]?
        /// The body as JSON, and the text that stands for it in the file.
        let json: JSONValue?
        let headers: [String: String]
    }

    let ref: String
    let from: String
    let to: String
    let text: String
    /// The URL of a file; nil for a text.
    let media: String?
    /// The time of the request in seconds since 1970, which some signatures contain.
    let now: Double
    let request: Expected?
    let response: HTTPResponse?
    /// `accepted`, `accepted ID`, or a kind of `Failure`. `after N` may follow it: the seconds before another try.
    let outcome: String?
    /// The expected `parts` and `price` of an accepted message; nil if they are not tested.
    let facts: [String: String]?

    /// Reads its own keys; the caller finishes the reader.
    init(reading reader: ConfigReader) {
        let send = reader.map("send")
        ref = send?.string("ref") ?? "r1"
        from = send?.requiredString("from") ?? ""
        to = send?.requiredString("to") ?? ""
        text = send?.string("text") ?? ""
        media = send?.string("media")
        send?.finish()
        now = Double(reader.integer("now", in: 0...253_402_300_799) ?? 0)
        request = reader.map("request").map { Expected(reading: $0) }
        response = reader.map("response").map { map in
            defer { map.finish() }
            return HTTPResponse(
                status: map.integer("http", in: 100...599) ?? 0,
                headers: (map.map("headers")?.words() ?? [:]).map { ($0, $1) },
                body: Array((map.string("body") ?? "").utf8))
        }
        outcome = reader.string("outcome")
        facts = reader.map("facts").map { map in
            defer { map.finish() }
            return ["parts": map.string("parts"), "price": map.string("price")].compactMapValues { $0 }
        }
        if (response == nil) != (outcome == nil) { reader.report("outcome", "'response' and 'outcome' go together") }
    }
}

extension OutboundVector.Expected {
    /// Reads the expected parts of a request, and finishes the reader.
    init(reading map: ConfigReader) {
        defer { map.finish() }
        self.init(
            method: map.string("method"), url: map.string("url"), query: map.map("query")?.words(),
            form: map.map("form")?.words(), json: map.json("json"), headers: map.map("headers")?.words() ?? [:])
    }
}

/// A test of the rule by which files are fetched.
struct MediaVector: Sendable {
    let url: String
    /// Nil if the file must not be fetched.
    let request: OutboundVector.Expected?

    /// Reads its own keys; the caller finishes the reader.
    init(reading reader: ConfigReader) {
        url = reader.requiredString("media") ?? ""
        request = reader.map("request").map { OutboundVector.Expected(reading: $0) }
        let isRefused = reader.string("refused") != nil
        if isRefused == (request != nil) {
            reader.report("request", "a test of 'media' has either 'request' or 'refused: unknown_host'")
        }
    }
}

/// A test of a webhook call.
struct HookVector: Sendable {
    let hook: String
    let request: WebhookRequest
    /// The fields of each event and their values: `id`, `from`, `to`, `text`, `at`, `media`, `media_types`; `ref`, `id`, `number`,
    /// `state`, `error`. Empty if the call is ignored. Nil if it must be refused.
    let events: [[String: String]]?
    /// The time of the call in seconds since 1970.
    let now: Double
    /// `unverified`, `malformed` or `wrong_method`.
    let refused: String?
    /// The certificate in PEM that stands at every address; nil if the signature names no address.
    let certificate: String?
    /// The expected answer to a challenge.
    let answer: String?
    /// The expected address that confirms a subscription.
    let confirms: String?

    /// Reads its own keys; the caller finishes the reader.
    init?(reading reader: ConfigReader) {
        hook = reader.requiredString("hook") ?? ""
        let event = reader.map("event")?.words()
        events = reader.has("events") ? reader.readers("events").map { $0.words() } : event.map { [$0] }
        now = reader.number("now", in: 0...253_402_300_799) ?? 0
        refused = reader.string("refused")
        certificate = reader.string("certificate")
        answer = reader.string("answer")
        confirms = reader.string("confirms")
        guard let map = reader.map("request") else {
            reader.report("request", "required, but missing")
            return nil
        }
        defer { map.finish() }
        if (events == nil) == (refused == nil) {
            reader.report("event", "a test of a hook has one of 'event', 'events' and 'refused'")
        }
        guard let method = HTTPMethod(rawValue: map.string("method") ?? "GET") else {
            map.report("method", "unknown method")
            return nil
        }
        request = WebhookRequest(
            method, rawQuery: map.string("query"), headers: (map.map("headers")?.words() ?? [:]).map { ($0, $1) },
            body: Array((map.string("body") ?? "").utf8), remoteAddress: map.string("from") ?? "127.0.0.1")
    }
}

extension ConfigReader {
    /// A JSON text.
    fileprivate func json(_ key: String) -> JSONValue? {
        guard let text = string(key) else { return nil }
        if let value = try? JSONReader.read(Array(text.utf8)) { return value }
        report(key, "a JSON text in quotes is expected here")
        return nil
    }
}
