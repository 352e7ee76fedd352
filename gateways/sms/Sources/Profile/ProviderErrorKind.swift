import GatewayKit

/// Why a provider refused a message or could not deliver it: the closed list to which every profile maps.
enum ProviderErrorKind: String, Sendable, CaseIterable {
    case invalidNumber = "invalid_number"
    /// No way to that kind of number: a landline, a country that is switched off.
    case unroutable
    /// Switched off, out of reach, or kept too long.
    case unreachable
    case optedOut = "opted_out"
    case filtered
    case policy
    case notAcceptable = "not_acceptable"
    case tooLong = "too_long"
    /// The operator's credentials or account.
    case auth
    case rateLimited = "rate_limited"
    /// The provider says that it did not take the message and may take it later.
    case providerDown = "provider_down"
    /// Refused, for a reason without a word here.
    case unknown
}

extension ProviderErrorKind {
    /// - detail: the provider's words, for the operator.
    /// - wait: how long before another try may make sense, for the kinds that have one.
    func failure(detail: String?, wait: Duration?) -> Failure {
        switch self {
        case .invalidNumber: failure(.notFound, "This number does not exist or cannot get text messages.", detail)
        case .unroutable: failure(.unsupported, "Text messages cannot be sent to this number.", detail)
        case .unreachable: failure(.unreachable, "The phone could not be reached.", detail)
        case .optedOut: failure(.forbidden, "The owner of this number does not want messages from your number.", detail)
        case .filtered: failure(.policy, "The phone network filtered the message out.", detail)
        case .policy: failure(.policy, "A rule of the phone network forbids the message.", detail)
        case .notAcceptable:
            failure(.notAcceptable, "The SMS provider or the phone network refused the message.", detail)
        case .tooLong: failure(.tooLong, "The message is too long for a text message.", detail)
        case .auth:
            failure(
                .internal, "The gateway is not set up properly for its SMS provider; its operator must act.", detail)
        case .rateLimited:
            failure(.rateLimited, "Too many messages at once.", detail, .after(wait ?? .seconds(5)))
        case .providerDown:
            failure(.remoteDown, "The SMS provider cannot take messages now.", detail, .after(wait ?? .seconds(10)))
        case .unknown: failure(.unreachable, "The message could not be delivered.", detail)
        }
    }

    private func failure(_ kind: Failure.Kind, _ text: String, _ detail: String?, _ retry: Failure.Retry = .never)
        -> Failure
    {
        Failure(kind, text, detail: detail, retry: retry)
    }

    /// For a report that comes after the provider has taken the message: then nothing is tried again.
    func finalFailure(detail: String?) -> Failure {
        var failure = failure(detail: detail, wait: nil)
        failure.retry = .never
        return failure
    }
}
