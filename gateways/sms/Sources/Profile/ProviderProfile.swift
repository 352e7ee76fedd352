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
    /// The rate for each of our numbers; nil for no limit. `ProviderAccount.numberRate` replaces it.
    let pace: SendRate?
    /// The rate for all numbers of an account together; nil for no limit. `ProviderAccount.rate` replaces it.
    let accountPace: SendRate?
    let request: RequestRule
    let response: ResponseRule
    let hooks: [String: HookRule]
    /// The rules by which the provider is asked for events; nil if it calls us.
    let poll: PollRule?
    /// The rule by which files of inbound messages are fetched; nil if users get their URLs only.
    let media: MediaRule?
    let vectors: [ProfileVector]
    /// What follows from the rules, so that no message has to find it out again.
    let traits: ProfileTraits

    /// Makes the request that sends a message.
    ///
    /// - Parameters:
    ///   - hooks: the public addresses of our hooks for this message.
    ///   - now: the present time in seconds since 1970, for the signature of the request.
    ///   - token: the bearer token; nil if the request needs none (`RequestRule.token`).
    func request(
        for message: OutboundText, settings: ProviderSettings, hooks: HookAddresses, now: Double = 0,
        token: String? = nil
    ) throws(Failure) -> HTTPRequest {
        guard let to = sends.written(message.to) else {
            throw Failure(.unsupported, "This sender cannot be answered: it has no number.")
        }
        var values = settings.values
        values["msg.ref"] = message.ref.rawValue
        if traits.usesTag { values["msg.tag"] = message.tag.text }
        values["msg.from"] = sends.written(message.from)
        values["msg.to"] = to
        values["msg.text"] = message.text
        values["msg.media"] = message.media
        values["msg.parts"] = String(message.segmentation.parts)
        let isGSM = message.segmentation.encoding == .gsm7
        values["msg.is_gsm7"] = isGSM ? "true" : "false"
        if traits.usesUCS2 { values["msg.is_ucs2"] = isGSM ? "false" : "true" }
        values["hook.inbound"] = hooks.inbound
        values["hook.status"] = hooks.status
        if traits.usesEvents { values["hook.events"] = hooks.events }
        values[RequestRule.tokenName] = token
        return try request.request(values, now: now)
    }

    /// The outcome that an answer to such a request means.
    ///
    /// - Parameter now: the present time in seconds since 1970. A date in `Retry-After` is compared with it.
    func outcome(of response: HTTPResponse, settings: ProviderSettings, now: Double = 0) -> SendOutcome {
        self.response.outcome(of: response, settings: settings, now: now)
    }

    /// The events that a call to the hook of that name reports, if the call really comes from the provider.
    ///
    /// - Parameters:
    ///   - url: the public address that was called, without query.
    ///   - now: the time in seconds since 1970.
    ///   - certificate: returns the certificate of an address, for signatures that name one; nil if not in memory.
    func call(
        hook name: String, _ request: WebhookRequest, url: String, now: Double, settings: ProviderSettings,
        certificate: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
    ) -> Result<ProvenCall, HookRefusal> {
        guard let hook = hooks[name] else { return .failure(.unknownHook) }
        return hook.read(request, url: url, now: now, settings.values, certificate: certificate)
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
    /// The URL of the picture or other file that the message carries; nil for a text.
    let media: String?
    let segmentation: Segmentation

    var tag: MessageTag { MessageTag(number: String(from.rawValue.dropFirst()), ref: ref.rawValue) }

    init(ref: RequestID, from: E164, to: Correspondent, text: String, media: String? = nil) {
        self.ref = ref
        self.from = from
        self.to = to
        self.text = text
        self.media = media
        segmentation = media == nil ? Segmentation(of: text) : .ofMedia
    }
}

/// The public addresses that a provider calls.
struct HookAddresses: Sendable, Equatable {
    let inbound: String
    /// The address for reports. It names our number, so that a report is assigned without the provider's help.
    let status: String
    /// The address for all events. It names our number, too.
    let events: String

    /// - Parameter base: the public address of an account, without `/` at its end.
    init(base: String, from number: E164) {
        inbound = base + "/inbound"
        status = base + "/status/" + number.rawValue.dropFirst()
        events = base + "/events/" + number.rawValue.dropFirst()
    }
}
