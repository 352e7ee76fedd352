/// What became of a message, in our words, after the provider had taken it.
enum DeliveryState: String, Sendable, CaseIterable {
    /// Still on its way.
    case queued, sent
    case delivered
    case failed, rejected, expired
    /// A word that says nothing about delivery.
    case ignore
}

extension DeliveryState {
    var isFailure: Bool {
        switch self {
        case .failed, .rejected, .expired: true
        case .queued, .sent, .delivered, .ignore: false
        }
    }

    /// What to say when the provider gives a failed state and no code.
    var errorKind: ProviderErrorKind {
        switch self {
        case .rejected: .notAcceptable
        case .expired: .unreachable
        default: .unknown
        }
    }
}
