import Basics
import Crypto
import GatewayKit
import HTTP

/// The rules by which calls to one of our webhook addresses are verified, read and answered.
struct HookRule: Sendable {
    enum Body: String, Sendable, CaseIterable { case none, form, json }

    enum Fields: Sendable {
        case inbound(InboundFields)
        case status(StatusFields)
    }

    let methods: Set<HTTPMethod>
    let body: Body
    let verify: [Verification]
    let fields: Fields
    /// For inbound messages whose signature does not cover the borders between fields; otherwise nil.
    let cut: FieldCut?
    let reply: WebhookReply

    /// - Parameter url: the public address of the hook, without query.
    func event(of request: WebhookRequest, url: String, _ values: TemplateValues) -> Result<HookEvent, HookRefusal> {
        guard methods.contains(request.method) else { return .failure(.wrongMethod) }
        // A signature over form fields needs the form, and a secret in the query needs the query. The rest of the call
        // is read only after the proof holds.
        guard let query = FormFields(decoding: (request.rawQuery ?? "").utf8),
            let form = body == .form ? FormFields(decoding: request.body) : FormFields.none
        else { return .failure(.unverified) }
        let received = Received(headers: request.headers, body: request.body, query: query, form: form)
        let call = WebhookCall(
            url: url + (request.rawQuery.map { "?" + $0 } ?? ""), received: received,
            remoteAddress: request.remoteAddress)
        guard !verify.isEmpty, verify.allSatisfy({ $0.holds(for: call, values) }) else {
            return .failure(.unverified)
        }
        return read(received)
    }

    private func read(_ received: Received) -> Result<HookEvent, HookRefusal> {
        var received = received
        if body == .json {
            guard let json = try? JSONReader.read(received.body) else {
                return .failure(.malformed("the body is not JSON"))
            }
            received = Received(
                headers: received.headers, body: received.body, query: received.query, form: received.form, json: json)
        }
        // If a field occurs twice, programs disagree which one counts. So the call is refused.
        if let name = fields.selectors.compactMap({ $0.repeatedField(in: received) }).first {
            return .failure(.malformed("there are two fields of the name \(name)"))
        }
        if let cut, !cut.holds(received.form) {
            return .failure(.malformed("its fields are not split as the provider splits them"))
        }
        switch fields {
        case .inbound(let fields): return fields.event(received)
        case .status(let fields): return .success(.status(fields.report(received)))
        }
    }
}

extension HookRule.Fields {
    /// The selectors that select one field by its name.
    fileprivate var selectors: [Selector] {
        switch self {
        case .inbound(let fields):
            [fields.id, fields.from, fields.to, fields.text, fields.charset, fields.sentAt, fields.mediaCount]
                .compactMap { $0 } + fields.dedupe
        case .status(let fields):
            [fields.ref, fields.id, fields.state, fields.error, fields.errorText].compactMap { $0 }
        }
    }
}

/// Selects the parts of an inbound text message from a call.
struct InboundFields: Sendable {
    let id: Selector?
    let from: Selector
    let to: Selector
    let text: Selector
    /// Selects the name of the character set of `text`; without it the text is UTF-8.
    let charset: Selector?
    /// Selects the time of sending, in seconds since 1970.
    let sentAt: Selector?
    let mediaCount: Selector?
    /// A selector with `{i}` in it, which stands for the number of the attachment, counted from 0.
    let mediaURL: String?
    /// For providers that repeat a message under a new id: selects values by which to recognise a repetition instead.
    let dedupe: [Selector]

    /// The largest number of attachments of one message.
    static let mostMedia = 20

    func event(_ received: Received) -> Result<HookEvent, HookRefusal> {
        guard let to = to.value(in: received), !to.isEmpty else {
            return .failure(.malformed("the receiver is missing"))
        }
        guard let from = from.value(in: received) else { return .failure(.malformed("the sender is missing")) }
        guard from.utf8.count <= 128, to.utf8.count <= 128 else {
            return .failure(.malformed("an address is too long"))
        }
        let identity = identity(received)
        // If the profile selects an id, a call without one is refused: a repetition would become a second message.
        guard identity != nil || id == nil else { return .failure(.malformed("the id is missing")) }
        let bytes = text.bytes(in: received) ?? []
        let set = charset?.value(in: received).flatMap { Charset(named: $0) } ?? .utf8
        return .success(
            .inbound(
                InboundText(
                    id: identity, from: from, to: to, text: set.decode(bytes), media: media(received),
                    sentAt: sentAt?.value(in: received).flatMap(Double.init).map(Timestamp.init(secondsSince1970:)))))
    }

    private func identity(_ received: Received) -> String? {
        guard !dedupe.isEmpty else {
            // Longer ids are refused, not cut: two cut ids could be equal.
            return id?.value(in: received).flatMap { (1...256).contains($0.utf8.count) ? $0 : nil }
        }
        let parts = dedupe.map { $0.value(in: received) ?? "" }
        // The length before each part ensures that two different lists of parts never give the same text.
        let digest = SHA256.hash(data: Array(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8))
        return "content-" + Hex.encode(digest.prefix(16))
    }

    private func media(_ received: Received) -> [String] {
        guard let count = mediaCount?.value(in: received).flatMap({ Int($0) }), let mediaURL, count > 0 else {
            return []
        }
        return (0..<min(count, Self.mostMedia)).compactMap { index in
            let text = mediaURL.split(separator: "{i}", omittingEmptySubsequences: false).joined(separator: "\(index)")
            return (try? Selector(text))?.value(in: received)
        }
    }
}

/// Selects the parts of a delivery report from a call.
struct StatusFields: Sendable {
    let ref: Selector?
    let id: Selector?
    let state: Selector
    let states: [String: DeliveryState]
    /// Selects the provider's error code, translated to a word of `ProviderErrorKind`.
    let error: Selector?
    let errorText: Selector?

    func report(_ received: Received) -> StatusReport {
        StatusReport(
            ref: ref?.value(in: received), id: id?.value(in: received),
            state: state.value(in: received).flatMap { states[$0] },
            error: error?.value(in: received).flatMap(ProviderErrorKind.init(rawValue:)),
            errorText: errorText?.value(in: received))
    }
}
