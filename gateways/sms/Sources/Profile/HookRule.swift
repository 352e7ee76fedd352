import GatewayKit
import HTTP

/// The rules by which calls to one of our webhook addresses are verified, read and answered.
struct HookRule: Sendable {
    enum Body: String, Sendable, CaseIterable { case none, form, json }

    let methods: Set<HTTPMethod>
    let body: Body
    let verify: [Verification]
    /// The place of the list of events in the body; nil if a call reports one event.
    let each: [String]?
    /// The first case whose condition holds says what an event means. An event without a case is ignored.
    let cases: [HookCase]
    /// For inbound messages whose signature does not cover the borders between fields; otherwise nil.
    let cut: FieldCut?
    let reply: WebhookReply
    /// Selects the JSON text within the body that is the event; nil if the body itself is the event.
    var unwrap: Selector?
    /// The rule for calls that check our address; nil if the provider makes none.
    var challenge: Challenge?

    /// The greatest number of events in one call.
    static let mostEvents = 500

    /// Verifies a call, and reads its events, its challenge, or its request for a confirmation.
    ///
    /// - Parameter certificate: returns the certificate of an address; nil if it is not in memory.
    func read(
        _ request: WebhookRequest, url: String, now: Double, _ values: TemplateValues,
        certificate: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
    ) -> Result<ProvenCall, HookRefusal> {
        guard methods.contains(request.method) else { return .failure(.wrongMethod) }
        // A signature over form fields needs the form, and a secret in the query needs the query. The rest of the call
        // is read only after the proof holds.
        guard let query = FormFields(decoding: (request.rawQuery ?? "").utf8),
            let form = body == .form ? FormFields(decoding: request.body) : FormFields.none
        else { return .failure(.unverified) }
        var received = Received(headers: request.headers, body: request.body, query: query, form: form)
        received.settings = values
        let call = WebhookCall(
            url: url + (request.rawQuery.map { "?" + $0 } ?? ""), received: received,
            remoteAddress: request.remoteAddress, now: now, certificate: certificate)
        guard let proof = Verification.proof(verify, for: call, values) else {
            let missing = Verification.missingCertificate(verify, for: call, values)
            return .failure(missing.map { .needsCertificate($0) } ?? .unverified)
        }
        received.claims = proof.claims
        do throws(HookRefusal) {
            var proven = ProvenCall(use: proof.use, certificate: proof.certificate)
            proven.confirmation = proof.confirmation
            if proven.confirmation != nil { return .success(proven) }
            proven.reply = try challenge?.reply(to: received)
            if proven.reply == nil { (proven.events, proven.faults) = try events(of: received) }
            return .success(proven)
        } catch {
            return .failure(error)
        }
    }

    /// The events of a verified call. Bad events in a list do not stop the others: their faults are returned with them.
    func events(of call: Received) throws(HookRefusal) -> ([HookEvent], faults: [HookRefusal]) {
        let elements = try elements(of: call)
        guard elements.count <= Self.mostEvents else { throw .malformed("there are too many events") }
        let (events, faults) = self.events(in: elements)
        if events.isEmpty, let fault = faults.first { throw fault }
        return (events, faults)
    }

    /// The parts of a call or an answer of which each is an event.
    func elements(of call: Received) throws(HookRefusal) -> [Received] {
        var received = call
        if body == .json, received.json == nil {
            guard let json = try? JSONReader.read(received.body) else { throw .malformed("the body is not JSON") }
            received.json = json
        }
        if let unwrap {
            guard let text = unwrap.value(in: received), let json = try? JSONReader.read(Array(text.utf8)) else {
                throw .malformed("the event within the body is not JSON")
            }
            received.json = json
        }
        if let cut, !cut.holds(received.form) {
            throw .malformed("its fields are not split as the provider splits them")
        }
        guard let each else { return [received] }
        guard let elements = received.elements(at: each) else { throw .malformed("there is no list of events") }
        return elements
    }

    /// The events of some elements, and the faults of those that cannot be read.
    func events(in elements: some Sequence<Received>) -> ([HookEvent], faults: [HookRefusal]) {
        var events: [HookEvent] = []
        var faults: [HookRefusal] = []
        for element in elements {
            do throws(HookRefusal) {
                if let event = try event(of: element) { events.append(event) }
            } catch {
                faults.append(error)
            }
        }
        return (events, faults)
    }

    private func event(of received: Received) throws(HookRefusal) -> HookEvent? {
        guard let fields = cases.first(where: { $0.condition?.holds(received) ?? true })?.fields else { return nil }
        // If a field occurs twice, programs disagree which one counts. So the call is refused.
        if let name = fields.selectors.compactMap({ $0.repeatedField(in: received) }).first {
            throw .malformed("there are two fields of the name \(name)")
        }
        switch fields {
        case .inbound(let fields): return .inbound(try fields.text(received))
        case .status(let fields): return .status(fields.report(received))
        case .ignored: return nil
        }
    }
}

/// What one kind of event means.
struct HookCase: Sendable {
    /// Nil for every event.
    let condition: Condition?
    let fields: HookFields
}

/// The parts of an event.
enum HookFields: Sendable {
    case inbound(InboundFields)
    case status(StatusFields)
    case ignored

    /// The selectors that select one field by its name.
    var selectors: [Selector] {
        switch self {
        case .inbound(let fields):
            [fields.id, fields.from, fields.to, fields.text, fields.charset, fields.sentAt, fields.consent].compactMap {
                $0
            }
                + fields.media.selectors + fields.dedupe + (fields.parts?.selectors ?? [])
        case .status(let fields):
            [fields.tag, fields.ref, fields.id, fields.number, fields.part, fields.state, fields.error]
                .compactMap { $0 } + (fields.errorText.map { [$0] } ?? []) + fields.facts.selectors
        case .ignored: []
        }
    }
}

/// A verified call.
struct ProvenCall: Sendable {
    var events: [HookEvent] = []
    /// Why events were left out: one reason for each.
    var faults: [HookRefusal] = []
    /// Names the call if its signature is good for one use.
    var use: Proof.Use?
    /// The answer to a challenge; nil for the usual answer.
    var reply: WebhookReply?
    /// The address that must be called to confirm a subscription; nil if the call asks for no confirmation.
    var confirmation: String?
    /// The address of the certificate that has proven the call; nil if none was needed.
    var certificate: String?
}
