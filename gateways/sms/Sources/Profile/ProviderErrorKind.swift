import GatewayKit

/// The kind of a provider's error: why it refused a message or could not deliver it. Every profile maps its provider's
/// errors to this closed list.
enum ProviderErrorKind: String, Sendable, CaseIterable {
    case invalidNumber = "invalid_number"
    /// The provider cannot reach that kind of number: a landline, or a country that is not enabled.
    case unroutable
    /// The phone is switched off or out of reach, or the message was kept for too long.
    case unreachable
    /// The owner of the number wants no messages from our number (STOP). The core then sends no further messages, so
    /// use it only for errors with this meaning.
    case optedOut = "opted_out"
    /// The phone or its network takes no messages from our number, for another or an unknown reason.
    case barred
    case filtered
    case policy
    case notAcceptable = "not_acceptable"
    case tooLong = "too_long"
    /// The operator's credentials are wrong, or the operator's account is barred: the provider refuses every message.
    case auth
    /// The operator's account may not send from this number.
    case badSender = "bad_sender"
    /// The operator's account has no credit.
    case noCredit = "no_credit"
    case rateLimited = "rate_limited"
    /// The provider says that it has not accepted the message and may accept it later.
    case providerDown = "provider_down"
    /// The provider refused the message for a reason that is not in this list.
    case unknown
}

extension ProviderErrorKind {
    /// - Parameters:
    ///   - detail: the provider's text, for the operator.
    ///   - wait: the time before another try may succeed, for the kinds that have one.
    func failure(detail: String?, wait: Duration?) -> Failure {
        switch self {
        case .invalidNumber: failure(.notFound, "This number does not exist or cannot get text messages.", detail)
        case .unroutable: failure(.unsupported, "Text messages cannot be sent to this number.", detail)
        case .unreachable: failure(.unreachable, "The phone could not be reached.", detail)
        case .optedOut:
            failure(
                .optedOut,
                "The owner of this number wants no messages from your number. \(ConsentWords.startHint)", detail)
        case .barred: failure(.forbidden, "This phone or its network takes no messages from your number.", detail)
        case .filtered: failure(.policy, "The phone network filtered the message out.", detail)
        case .policy: failure(.policy, "A rule of the phone network forbids the message.", detail)
        case .notAcceptable:
            failure(.notAcceptable, "The SMS provider or the phone network refused the message.", detail)
        case .tooLong: failure(.tooLong, "The message is too long for a text message.", detail)
        case .auth:
            failure(
                .internal, "The gateway is not set up properly for its SMS provider; its operator must act.", detail)
        case .badSender:
            failure(
                .internal, "The gateway's SMS provider does not let your number send; the gateway's operator must act.",
                detail)
        case .noCredit:
            failure(
                .internal, "The gateway's account with its SMS provider has no credit; its operator must act.", detail)
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

    /// Whether the provider refuses every message of the account until the operator acts. Such an error pauses the
    /// account.
    var isAboutAccount: Bool { self == .auth || self == .noCredit }

    /// The failure for a report that comes after the provider accepted the message: such a message is never tried
    /// again.
    func finalFailure(detail: String?) -> Failure {
        var failure = failure(detail: detail, wait: nil)
        failure.retry = .never
        return failure
    }
}
