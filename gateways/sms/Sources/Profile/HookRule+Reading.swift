import GatewayKit
import HTTP

extension HookRule {
    private enum Method: String, CaseIterable {
        case get = "GET"
        case post = "POST"
    }

    /// The addresses that a profile can have. `events` is for providers that report everything to one address.
    enum Name: String, CaseIterable { case inbound, status, events }

    fileprivate enum Kind: String, CaseIterable { case inbound, status, ignore }

    init?(reading reader: ConfigReader, name: Name, names: Set<String>, states: [String: DeliveryState]) {
        defer { reader.finish() }
        let methods = reader.strings("methods").compactMap { text in
            if Method(rawValue: text) == nil { reader.report("methods", "'\(text)' is not one of GET, POST") }
            return HTTPMethod(rawValue: text)
        }
        if methods.isEmpty { reader.report("methods", "required, but missing; a list such as [POST]") }
        let body = reader.choice("body", of: Body.self) ?? .none
        let verify = Verification.all(reading: reader, names: names, hasBody: body != .none)
        let each = reader.has("each") ? reader.pointer("each") : nil
        if each != nil, body != .json { reader.report("each", "a list of events is in a body of the kind json") }
        let cases = Self.cases(reader, name, states)
        let cut = Self.cut(reading: reader, verify, cases)
        let reply = reader.map("reply").map(Self.reply) ?? WebhookReply(status: 200, contentType: "text/plain")
        let unwrap = reader.selector("unwrap")
        let challenge = reader.map("challenge").flatMap { Challenge(reading: $0) }
        for key in ["unwrap", "challenge"] where reader.has(key) && body != .json {
            reader.report(key, "needs a body of the kind json")
        }
        guard let cases else { return nil }
        self.init(
            methods: Set(methods), body: body, verify: verify, each: each, cases: cases, cut: cut, reply: reply,
            unwrap: unwrap, challenge: challenge)
        reportUnreadable(reader, names)
    }

    /// Reads the events of a provider's answer: `each`, and `cases`. The caller finishes the reader.
    init?(polling reader: ConfigReader, states: [String: DeliveryState]) {
        let each = reader.has("each") ? reader.pointer("each") : nil
        guard let cases = Self.cases(reader, .events, states) else { return nil }
        self.init(
            methods: [], body: .json, verify: [], each: each, cases: cases, cut: nil, reply: WebhookReply(status: 200))
    }

    private static func cases(
        _ reader: ConfigReader, _ name: Name, _ states: [String: DeliveryState]
    ) -> [HookCase]? {
        guard name == .events || reader.has("cases") else {
            return HookFields(reading: reader, name == .inbound ? .inbound : .status, states).map {
                [HookCase(condition: nil, fields: $0)]
            }
        }
        let readers = reader.readers("cases")
        if readers.isEmpty { reader.report("cases", "required, but missing: a list of {when, event, fields}") }
        let cases = readers.compactMap { HookCase(reading: $0, states) }
        return cases.count == readers.count && !cases.isEmpty ? cases : nil
    }

    private static func cut(
        reading reader: ConfigReader, _ verify: [Verification], _ cases: [HookCase]?
    ) -> FieldCut? {
        if let map = reader.map("cut") { return FieldCut(reading: map) }
        let hasInbound = cases?.contains { if case .inbound = $0.fields { true } else { false } } ?? false
        if hasInbound, !verify.allSatisfy(\.coversBorders) {
            reader.report("cut", "required: the signature does not say where a field ends; {text, fields}")
        }
        return nil
    }

    /// Reports selectors that can never find anything in a call of this hook.
    private func reportUnreadable(_ reader: ConfigReader, _ names: Set<String>) {
        let selectors = cases.flatMap(\.fields.selectors)
        if methods.contains(.get), selectors.contains(where: \.needsForm) {
            reader.report("methods", "a GET call has no form; select the fields with 'field:', or allow POST only")
        }
        let claims = verify.contains(where: \.givesClaims)
        if !claims, selectors.contains(where: \.readsClaims) {
            reader.report("fields", "'claim:' needs 'scheme: jwt' under 'verify'")
        }
        for case .token(let token) in verify where token.binding == .claims {
            if !cases.allSatisfy({ $0.fields.reads(only: \.isSigned) }) {
                reader.report(
                    "fields", "with 'binds: claims' the fields must come from 'claim:'; nothing else is signed")
            }
        }
        for name in selectors.flatMap(\.settings) where !names.contains(name) {
            reader.report("fields", "there is no setting '\(name)'")
        }
    }

    private static func reply(reading reader: ConfigReader) -> WebhookReply {
        defer { reader.finish() }
        return WebhookReply(
            status: reader.integer("status", in: 200...299) ?? 200, contentType: reader.string("type") ?? "text/plain",
            body: Array((reader.string("body") ?? "").utf8))
    }
}

extension HookCase {
    fileprivate init?(reading reader: ConfigReader, _ states: [String: DeliveryState]) {
        defer { reader.finish() }
        let condition = reader.map("when").map(Condition.init)
        guard let kind = reader.choice("event", of: HookRule.Kind.self) else {
            if !reader.has("event") { reader.report("event", "required, but missing: inbound, status or ignore") }
            return nil
        }
        guard let fields = HookFields(reading: reader, kind, states) else { return nil }
        self.init(condition: condition, fields: fields)
    }
}

extension HookFields {
    /// Reads `fields` and `dedupe`; the caller finishes the reader.
    fileprivate init?(reading reader: ConfigReader, _ kind: HookRule.Kind, _ states: [String: DeliveryState]) {
        if kind == .ignore {
            self = .ignored
            return
        }
        guard let map = reader.map("fields") else {
            reader.report("fields", "required, but missing")
            return nil
        }
        defer { map.finish() }
        let fields: HookFields? =
            kind == .inbound
            ? InboundFields(reading: map, dedupe: reader.selectors("dedupe")).map(HookFields.inbound)
            : StatusFields(reading: map, states: states).map(HookFields.status)
        guard let fields else { return nil }
        self = fields
    }

    /// Whether the parts that say what happened satisfy a condition.
    fileprivate func reads(only condition: (Selector) -> Bool) -> Bool { selectors.allSatisfy(condition) }
}

extension InboundFields {
    /// Reads the fields of an inbound message; the caller finishes the reader.
    fileprivate init?(reading reader: ConfigReader, dedupe: [Selector]) {
        id = reader.selector("id")
        charset = reader.selector("charset", words: Charset.names)
        sentAt = reader.selector("at")
        consent = reader.selector("consent", words: ConsentWords.Word.allCases.map(\.rawValue))
        media = reader.map("media").map(MediaFields.init) ?? .none
        self.parts = reader.map("parts").flatMap(PartFields.init)
        if self.parts != nil, id == nil, dedupe.isEmpty {
            reader.report("parts", "parts need an 'id' or 'dedupe', by which a repeated part is recognised")
        }
        self.dedupe = dedupe
        let parts = ["from", "to", "text"].map { reader.requiredSelector($0) }
        guard let from = parts[0], let to = parts[1], let text = parts[2] else { return nil }
        self.from = from
        self.to = to
        self.text = text
    }
}

extension PartFields {
    /// Reads `{ref, number, count}`, and finishes the reader.
    fileprivate init?(reading reader: ConfigReader) {
        defer { reader.finish() }
        let all = ["ref", "number", "count"].map { reader.requiredSelector($0) }
        guard let reference = all[0], let number = all[1], let count = all[2] else { return nil }
        self.init(reference: reference, number: number, count: count)
    }
}

extension StatusFields {
    /// Reads the fields of a report; the caller finishes the reader.
    fileprivate init?(reading reader: ConfigReader, states: [String: DeliveryState]) {
        tag = reader.selector("tag")
        ref = reader.selector("ref")
        id = reader.selector("id")
        number = reader.selector("number")
        part = reader.selector("part")
        self.states = states
        error = reader.selector("error", words: ProviderErrorKind.allCases.map(\.rawValue))
        errorText = reader.selector("error_text")
        facts = FactFields(reading: reader)
        if tag == nil, ref == nil, id == nil {
            reader.report(
                "ref", "required: the field in which {{msg.ref}} or {{msg.tag}} comes back, or 'id', the provider's id")
        }
        guard let state = reader.requiredSelector("state") else { return nil }
        self.state = state
    }
}
