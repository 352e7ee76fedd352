import GatewayKit
import HTTP

extension HookRule {
    private enum Method: String, CaseIterable {
        case get = "GET"
        case post = "POST"
    }

    enum Event: String, CaseIterable { case inbound, status }

    init?(reading reader: ConfigReader, event: Event, names: Set<String>, states: [String: DeliveryState]) {
        defer { reader.finish() }
        let methods = reader.strings("methods").compactMap { text in
            if Method(rawValue: text) == nil { reader.report("methods", "'\(text)' is not one of GET, POST") }
            return HTTPMethod(rawValue: text)
        }
        if methods.isEmpty { reader.report("methods", "required, but missing; a list such as [POST]") }
        let verify = Verification.all(reading: reader, names: names)
        let body = reader.choice("body", of: Body.self) ?? .none
        let cut = event == .inbound ? Self.cut(reading: reader, verify) : nil
        let reply = reader.map("reply").map(Self.reply) ?? WebhookReply(status: 200, contentType: "text/plain")
        guard let map = reader.map("fields") else {
            reader.report("fields", "required, but missing")
            return nil
        }
        defer { map.finish() }
        let fields: Fields?
        switch event {
        case .inbound: fields = InboundFields(reading: map, dedupe: reader.selectors("dedupe")).map(Fields.inbound)
        case .status: fields = StatusFields(reading: map, states: states).map(Fields.status)
        }
        guard let fields else { return nil }
        self.init(methods: Set(methods), body: body, verify: verify, fields: fields, cut: cut, reply: reply)
    }

    private static func cut(reading reader: ConfigReader, _ verify: [Verification]) -> FieldCut? {
        if let map = reader.map("cut") { return FieldCut(reading: map) }
        if verify.contains(where: { if case .sortedForm = $0 { true } else { false } }) {
            reader.report(
                "cut", "required: the signature does not say where a field ends; {text, fields}")
        }
        return nil
    }

    private static func reply(reading reader: ConfigReader) -> WebhookReply {
        defer { reader.finish() }
        return WebhookReply(
            status: reader.integer("status", in: 200...299) ?? 200, contentType: reader.string("type") ?? "text/plain",
            body: Array((reader.string("body") ?? "").utf8))
    }
}

extension InboundFields {
    /// Reads the fields of an inbound message; the caller finishes the reader.
    init?(reading reader: ConfigReader, dedupe: [Selector]) {
        id = reader.selector("id")
        charset = reader.selector("charset")
        sentAt = reader.selector("at")
        self.dedupe = dedupe
        var count: Selector?
        var url: String?
        if let media = reader.map("media") {
            count = media.requiredSelector("count")
            url = media.requiredString("url")
            if let url { _ = media.expression("url") { () throws(ProfileError) in try Selector(url) } }
            media.finish()
        }
        mediaCount = count
        mediaURL = url
        let parts = ["from", "to", "text"].map { reader.requiredSelector($0) }
        guard let from = parts[0], let to = parts[1], let text = parts[2] else { return nil }
        self.from = from
        self.to = to
        self.text = text
    }
}

extension StatusFields {
    /// Reads the fields of a report; the caller finishes the reader.
    init?(reading reader: ConfigReader, states: [String: DeliveryState]) {
        ref = reader.selector("ref")
        id = reader.selector("id")
        self.states = states
        error = reader.selector("error", words: ProviderErrorKind.allCases.map(\.rawValue))
        errorText = reader.selector("error_text")
        if ref == nil { reader.report("ref", "required: the field in which {{msg.ref}} comes back") }
        guard let state = reader.requiredSelector("state") else { return nil }
        self.state = state
    }
}
