import GatewayKit
import HTTP

/// The rules for one kind of SMS provider, read from a YAML file. Its functions are pure. Other types send requests,
/// wait and answer calls.
package struct ProviderProfile: Sendable {
    /// The provider's limits of one message.
    struct Limits: Sendable {
        /// The greatest length of a text in UTF-16 units. Nil if the provider has no limit.
        var longestText: Int?
        /// The greatest number of parts of a message. Nil if the provider has no limit.
        var mostParts: Int?
        var shortCodes = false
        var reports = false
    }

    package let id: String
    /// The name for people.
    let name: String
    let settings: [ProviderSetting]
    let limits: Limits
    /// The form of numbers in requests to the provider.
    let sends: NumberForm
    let receives: NumberForm
    /// The rate for each of our numbers. Nil if the provider has no limit.
    let pace: SendRate?
    let request: RequestRule
    let response: ResponseRule
    let hooks: [String: HookRule]
    let vectors: [ProfileVector]

    /// Makes the request that sends a message.
    ///
    /// - Parameter hooks: the public addresses of our hooks for this message.
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

    /// The outcome that an answer to such a request means.
    func outcome(of response: HTTPResponse, settings: ProviderSettings) -> SendOutcome {
        self.response.outcome(of: response, redact: settings.redacted)
    }

    /// The event that a call to the hook of that name means, if the call really comes from the provider.
    ///
    /// - Parameter url: the public address that was called, without query.
    func event(
        hook name: String, of request: WebhookRequest, url: String, settings: ProviderSettings
    ) -> Result<HookEvent, HookRefusal> {
        guard let hook = hooks[name] else { return .failure(.unknownHook) }
        return hook.event(of: request, url: url, settings.values)
    }

    /// The answer to a call that was understood and accepted.
    func reply(hook name: String) -> WebhookReply { hooks[name]?.reply ?? WebhookReply(status: 200) }
}

/// A message to be sent to a provider.
struct OutboundText: Sendable, Equatable {
    let ref: RequestID
    let from: E164
    let to: Correspondent
    /// The text as `MessageText.outbound` has made it.
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
    /// The address for reports. It names our number, so that a report is assigned without the provider's help.
    let status: String

    /// - Parameter base: the public address of an account, without `/` at its end.
    init(base: String, from number: E164) {
        inbound = base + "/inbound"
        status = base + "/status/" + number.rawValue.dropFirst()
    }
}
