/// The state of a message after the provider has accepted it. A profile maps the provider's words to these.
enum DeliveryState: String, Sendable, CaseIterable {
    /// The message is still on its way.
    case queued, sent
    case delivered
    case failed, rejected, expired
    /// A word of the provider that does not tell whether the message was delivered.
    case ignore
}

extension DeliveryState {
    var isFailure: Bool {
        switch self {
        case .failed, .rejected, .expired: true
        case .queued, .sent, .delivered, .ignore: false
        }
    }

    /// The kind of error if the provider reports a failed state without a code.
    var errorKind: ProviderErrorKind {
        switch self {
        case .rejected: .notAcceptable
        case .expired: .unreachable
        default: .unknown
        }
    }
}
