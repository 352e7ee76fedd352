import GatewayKit

/// An event at a provider account that the program counts.
package enum ProviderEvent: String, Sendable, CaseIterable {
    /// The provider has taken a message.
    case accepted
    /// The provider has refused a message for good.
    case refused
    /// The provider refuses the account as a whole, or the operator's settings of it.
    case accountRefused = "account-refused"
    /// The provider could not be reached, or asked for a later attempt. The message is tried again.
    case postponed
    /// A request went out, but no answer came. The message may have been sent.
    case unknown
    /// A call to the webhook was refused, because it was not verified or could not be read.
    case callRefused = "call-refused"

    /// The event that the provider's answer to a message means.
    init(_ outcome: SendOutcome) {
        switch outcome {
        case .accepted: self = .accepted
        case .refusedAccount: self = .accountRefused
        case .failed(let failure) where failure.kind == .unknownOutcome: self = .unknown
        case .failed(let failure) where failure.kind == .internal: self = .accountRefused
        case .failed(let failure): self = failure.retry == .never ? .refused : .postponed
        }
    }
}
