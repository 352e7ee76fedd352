import GatewayKit

/// The event that a webhook call reports, the same for all providers.
enum HookEvent: Equatable, Sendable {
    case inbound(InboundText)
    case status(StatusReport)
}

/// A text message from a phone, as the provider reported it.
struct InboundText: Equatable, Sendable {
    /// The id by which repeated calls are recognised; nil if the provider gives none.
    var id: String?
    var from: String
    var to: String
    var text: String
    /// Pictures and other attachments.
    var media: [InboundMedia] = []
    var sentAt: Timestamp?
    /// The provider's own statement whether the text is STOP, START or HELP; nil if the provider makes none.
    var consent: ConsentWords.Word?
    /// The place of this text in a longer one; nil if it is a whole message.
    var part: InboundPart?
}

/// A picture or other attachment, as the provider named it.
struct InboundMedia: Equatable, Sendable, Codable {
    /// The address from which the provider gives it out.
    var url: String
    /// The MIME type. It is only a hint, because the sender's phone has chosen it.
    var type: String?
    /// The number of bytes.
    var size: Int?
}

/// The place of a part in a long text that the provider passes on in parts.
struct InboundPart: Equatable, Sendable {
    /// The same for all parts of one text. Other senders may use the same reference, and so may the sender for a later
    /// text.
    var reference: String
    /// From 1 to `count`.
    var number: Int
    /// The number of parts of the whole text.
    var count: Int
}

/// A provider's report on a message of ours.
struct StatusReport: Equatable, Sendable {
    /// The request id that we gave to the provider.
    var ref: String?
    /// The provider's name for the message.
    var id: String?
    /// Our number as the provider writes it; nil if the report does not name it.
    var number: String?
    /// Tells the part of the message apart from its other parts; nil if the report is about the whole message.
    var part: String?
    /// The state of the message; nil if the profile does not know the provider's word.
    var state: DeliveryState?
    /// The kind of error for the provider's code; nil if there is no code that the profile knows.
    var error: ProviderErrorKind?
    /// The provider's own text. It may contain secrets.
    var errorText: String?
    /// The facts that the report tells besides the state.
    var facts = MessageFacts()
}

/// The reason why a webhook call is refused.
enum HookRefusal: Error, Equatable, Sendable {
    /// The profile has no such hook.
    case unknownHook
    case wrongMethod
    /// The call has no valid proof of its sender. The rest of the call was not read.
    case unverified
    /// The call cannot be verified without the certificate of this address, which is not in memory yet.
    case needsCertificate(String)
    /// The call has been made before with the same signature.
    case replayed
    /// The call is verified but cannot be used; the text says why.
    case malformed(String)

    /// The HTTP status of the answer.
    var status: Int {
        switch self {
        case .unknownHook: 404
        case .wrongMethod: 405
        case .unverified, .replayed: 403
        case .needsCertificate: 503
        case .malformed: 400
        }
    }

    /// The reason, for the log and for the caller.
    var words: String {
        switch self {
        case .malformed(let what): what
        case .unverified: "not verified"
        case .needsCertificate: "the certificate of the signature cannot be read now"
        case .replayed: "made before"
        case .wrongMethod: "wrong method; choose the method of the profile's hook in the provider's settings"
        case .unknownHook: "no such hook"
        }
    }
}
