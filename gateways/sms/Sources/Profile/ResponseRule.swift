import Basics
import GatewayKit
import HTTP

/// The meaning of a provider's answer to a send request.
enum SendOutcome: Equatable, Sendable {
    /// The provider has accepted the message, with the provider's name for it if there is one.
    case accepted(String?, MessageFacts = MessageFacts())
    case failed(Failure)
    /// The provider has not taken the message, because it refuses the account as a whole.
    case refusedAccount(Failure)
}

/// One line of the table of errors of a profile.
struct ErrorRule: Sendable {
    let condition: Condition
    let kind: ProviderErrorKind
    /// Selects the number of seconds to wait, or the date until which to wait. Without a value, the header
    /// `Retry-After` counts, then `retryDefault`.
    let retryAfter: Selector?
    let retryDefault: Duration?

    func wait(_ received: Received) -> Duration? {
        retryAfter?.value(in: received).flatMap { ResponseRule.wait($0, now: received.now) }
            ?? ResponseRule.retryAfter(received) ?? retryDefault
    }
}

/// The rules by which the answer to a send request is read. An answer that no rule names has a fixed meaning by its
/// HTTP status. If that does not tell whether the provider has the message, the message is not sent again.
struct ResponseRule: Sendable {
    let accept: Condition
    let id: Selector?
    /// Selects the state of the message, one of the provider's words in the profile's `states`.
    let state: Selector?
    let states: [String: DeliveryState]
    let facts: FactFields
    let errors: [ErrorRule]
    /// Selects the provider's own text about an error. It goes to the operator's log, and to the user where it helps
    /// (`Failure.quoting`).
    let errorText: Selector?
    /// Whether the provider recognises a repeated request by our reference. Then a message with an unknown outcome is
    /// sent again.
    let isRepeatable: Bool

    /// The outcome that an answer means.
    ///
    /// - Parameter now: the present time in seconds since 1970. A date in `Retry-After` is compared with it.
    func outcome(of response: HTTPResponse, settings: ProviderSettings, now: Double) -> SendOutcome {
        var received = Received(response)
        received.now = now
        received.settings = settings.values
        let outcome = outcome(of: received, redact: settings.redacted)
        if case .failed(let failure) = outcome {
            let words = errorText?.value(in: received).map(settings.redacted)
            return .failed(repeatable(failure).quoting(words))
        }
        return outcome
    }

    /// The failure, as one after which the message is sent again if the provider permits that.
    func repeatable(_ failure: Failure) -> Failure {
        guard isRepeatable, failure.kind == .unknownOutcome else { return failure }
        return Failure(
            .remoteDown, "The SMS provider did not answer.", detail: failure.detail, retry: .after(.seconds(10)))
    }

    private func outcome(of received: Received, redact: (String) -> String) -> SendOutcome {
        // This is a function because it is slow, and an accepted message does not need the text.
        func detail() -> String {
            let words = errorText?.value(in: received).map(redact) ?? ""
            return "the provider answered \(received.status ?? 0)" + (words.isEmpty ? "" : ": " + words)
        }
        if accept.holds(received) {
            if let word = state?.value(in: received), let state = states[word], state.isFailure {
                return .failed(state.errorKind.finalFailure(detail: detail()))
            }
            let name = id?.value(in: received).flatMap { $0.isEmpty ? nil : String($0.prefix(256)) }
            return .accepted(name, facts.facts(received))
        }
        for rule in errors where rule.condition.holds(received) {
            let failure = rule.kind.failure(detail: detail(), wait: rule.wait(received))
            return rule.kind.isAboutAccount ? .refusedAccount(failure) : .failed(failure)
        }
        // 401 is about the credentials. Other refusals, such as 403, can be about one message.
        if received.status == 401 { return .refusedAccount(Self.failure(for: received, detail: detail())) }
        return .failed(Self.failure(for: received, detail: detail()))
    }

    private static func failure(for received: Received, detail: String) -> Failure {
        switch received.status ?? 0 {
        case 401, 403: ProviderErrorKind.auth.failure(detail: detail, wait: nil)
        case 408: ProviderErrorKind.providerDown.failure(detail: detail, wait: nil)
        case 429: ProviderErrorKind.rateLimited.failure(detail: detail, wait: retryAfter(received))
        case 503: ProviderErrorKind.providerDown.failure(detail: detail, wait: retryAfter(received))
        case 300..<400: ProviderErrorKind.auth.failure(detail: detail + " (redirects are not followed)", wait: nil)
        case 400..<500: ProviderErrorKind.notAcceptable.failure(detail: detail, wait: nil)
        // A provider that breaks down while answering, or a proxy in front of it, may have accepted the message.
        default: Failure.unknownOutcome(detail: detail)
        }
    }

    /// The time to wait by the header `Retry-After`; nil if there is none.
    static func retryAfter(_ received: Received) -> Duration? {
        received.header("Retry-After").flatMap { wait($0, now: received.now) }
    }

    /// Reads a time to wait in the form of `Retry-After` (RFC 9110 §10.2.3): whole seconds, or the date until which to
    /// wait. At most one hour; nil if the text has another form.
    static func wait(_ text: String, now: Double) -> Duration? {
        let text = text.trimmed
        let seconds = Int(text).map(Double.init) ?? HTTPDate.parse(text, now: now).map { $0 - now }
        return seconds.map { .seconds(min(max($0, 0), 3600)) }
    }
}

extension Failure {
    /// The failure of a message that was sent to the provider, without an answer that tells the outcome.
    static func unknownOutcome(detail: String) -> Failure {
        Failure(
            .unknownOutcome,
            "The SMS provider did not say whether it took the message. It may arrive; it is not sent again.",
            detail: detail)
    }
}
