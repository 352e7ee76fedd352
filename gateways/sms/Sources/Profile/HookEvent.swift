import GatewayKit

/// What a webhook call says, in our words.
enum HookEvent: Equatable, Sendable {
    case inbound(InboundText)
    case status(StatusReport)
}

/// A text message from a phone, as the provider reported it.
struct InboundText: Equatable, Sendable {
    /// By which repeats are recognised; nil if the provider gives nothing.
    var id: String?
    var from: String
    var to: String
    var text: String
    /// Addresses of pictures and other attachments, where the provider keeps them.
    var media: [String] = []
    var sentAt: Timestamp?
}

/// What became of a message of ours.
struct StatusReport: Equatable, Sendable {
    /// The request id that we put into the callback address.
    var ref: String?
    /// The provider's name for the message.
    var id: String?
    /// Nil: a word that the profile does not know.
    var state: DeliveryState?
    /// The kind for the provider's error code; nil if there is none that the profile knows.
    var error: ProviderErrorKind?
    /// The provider's own words, unredacted.
    var errorText: String?
}

/// Why a webhook call is not an event.
enum HookRefusal: Error, Equatable, Sendable {
    /// The profile has no such hook.
    case unknownHook
    case wrongMethod
    /// Nothing of the call was looked at but what proves its sender.
    case unverified
    /// Verified, but not understood; what is missing.
    case malformed(String)

    /// The HTTP status that says so.
    var status: Int {
        switch self {
        case .unknownHook: 404
        case .wrongMethod: 405
        case .unverified: 403
        case .malformed: 400
        }
    }
}
