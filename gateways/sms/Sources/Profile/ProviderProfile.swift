import GatewayKit
import HTTP

/// How to talk with one kind of SMS provider, read from a YAML file: data, no code. Executing it is a matter of pure
/// functions; sending, waiting and answering are done by others.
package struct ProviderProfile: Sendable {
    /// What one message may be.
    struct Limits: Sendable {
        /// In UTF-16 units; nil: no limit of the provider's.
        var longestText: Int?
        /// On the air; nil: no limit of the provider's.
        var mostParts: Int?
        var shortCodes = false
        var reports = false
    }

    package let id: String
    /// For people.
    let name: String
    let settings: [ProviderSetting]
    let limits: Limits
    /// How numbers are written to and by the provider.
    let sends: NumberForm
    let receives: NumberForm
    /// For each of our numbers; nil: the provider has no limit.
    let pace: SendRate?
    let request: RequestRule
    let response: ResponseRule
    let hooks: [String: HookRule]
    let vectors: [ProfileVector]

    /// The request that hands a message over.
    ///
    /// - hooks: the public address of our hooks for this message.
    func request(
        for message: OutboundText, settings: ProviderSettings, hooks: HookAddresses
    ) throws(Failure) -> HTTPRequest {
        guard let to = sends.written(message.to) else {
            throw Failure(.unsupported, "This sender cannot be answered: it has no number.")
        }
        var values = settings.values
        values["msg.ref"] = message.ref.rawValue
        values["msg.from"] = sends.written(message.from)
        values["msg.to"] = to
        values["msg.text"] = message.text
        values["msg.parts"] = String(message.segmentation.parts)
        values["msg.is_gsm7"] = message.segmentation.encoding == .gsm7 ? "true" : "false"
        values["hook.inbound"] = hooks.inbound
        values["hook.status"] = hooks.status
        return try request.request(values)
    }

    /// What the answer to such a request means.
    func outcome(of response: HTTPResponse, settings: ProviderSettings) -> SendOutcome {
        self.response.outcome(of: response, redact: settings.redacted)
    }

    /// What a call to the hook of that name says, if it really comes from the provider.
    ///
    /// - url: the public address that was called, without query.
    func event(
        hook name: String, of request: WebhookRequest, url: String, settings: ProviderSettings
    ) -> Result<HookEvent, HookRefusal> {
        guard let hook = hooks[name] else { return .failure(.unknownHook) }
        return hook.event(of: request, url: url, settings.values)
    }

    /// How a call is answered that was understood and taken.
    func reply(hook name: String) -> WebhookReply { hooks[name]?.reply ?? WebhookReply(status: 200) }
}

/// A message on its way to a provider.
struct OutboundText: Sendable, Equatable {
    let ref: RequestID
    let from: E164
    let to: Correspondent
    /// As `MessageText.outbound` leaves it.
    let text: String
    let segmentation: Segmentation

    init(ref: RequestID, from: E164, to: Correspondent, text: String) {
        self.ref = ref
        self.from = from
        self.to = to
        self.text = text
        segmentation = Segmentation(of: text)
    }
}

/// The public addresses that a provider calls.
struct HookAddresses: Sendable, Equatable {
    let inbound: String
    /// Names our number, so that a report finds its way without the provider's help.
    let status: String

    /// - base: the public address of an account, without `/` at its end.
    init(base: String, from number: E164) {
        inbound = base + "/inbound"
        status = base + "/status/" + number.rawValue.dropFirst()
    }
}
