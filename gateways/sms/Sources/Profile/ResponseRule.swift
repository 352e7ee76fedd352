import Basics
import GatewayKit
import HTTP

/// The meaning of a provider's answer to a send request.
enum SendOutcome: Equatable, Sendable {
    /// The provider has accepted the message, with the provider's name for it if there is one.
    case accepted(String?)
    case failed(Failure)
}

/// A condition on an answer; all given parts must hold.
struct AnswerCondition: Sendable {
    var http: [Int]?
    var text: Pattern?
    var json: (steps: [String], words: [String])?

    func holds(_ received: Received) -> Bool {
        if let http, !http.contains(received.status ?? 0) { return false }
        if let text, !text.matches(received.text) { return false }
        guard let json else { return true }
        return received.json?.value(at: json.steps)?.scalar.map(json.words.contains) ?? false
    }
}

/// One line of the table of errors of a profile.
struct ErrorRule: Sendable {
    let condition: AnswerCondition
    let kind: ProviderErrorKind
    /// Selects the number of seconds to wait.
    let retryAfter: Selector?
    let retryDefault: Duration?

    func wait(_ received: Received) -> Duration? {
        retryAfter?.value(in: received).flatMap(ResponseRule.seconds) ?? retryDefault
    }
}

/// The rules by which the answer to a send request is read. An answer that no rule names has a fixed meaning by its
/// HTTP status. If that does not tell whether the provider has the message, the message is not sent again.
struct ResponseRule: Sendable {
    let accept: AnswerCondition
    let id: Selector?
    /// Selects the state of the message, one of the provider's words in the profile's `states`.
    let state: Selector?
    let states: [String: DeliveryState]
    let errors: [ErrorRule]
    /// Selects the provider's own text about an error, for the operator's log.
    let errorText: Selector?

    func outcome(of response: HTTPResponse, redact: (String) -> String) -> SendOutcome {
        let received = Received(response)
        // This is a function because it is slow, and an accepted message does not need the text.
        func detail() -> String {
            let words = errorText?.value(in: received).map(redact) ?? ""
            return "the provider answered \(response.status)" + (words.isEmpty ? "" : ": " + words)
        }
        if accept.holds(received) {
            if let word = state?.value(in: received), let state = states[word], state.isFailure {
                return .failed(state.errorKind.finalFailure(detail: detail()))
            }
            return .accepted(id?.value(in: received).flatMap { $0.isEmpty ? nil : String($0.prefix(256)) })
        }
        for rule in errors where rule.condition.holds(received) {
            return .failed(rule.kind.failure(detail: detail(), wait: rule.wait(received)))
        }
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

    private static func retryAfter(_ received: Received) -> Duration? {
        received.header("Retry-After").flatMap(seconds)
    }

    /// Reads whole seconds, at most one hour. A date (RFC 9110 §10.2.3) is not read.
    static func seconds(_ text: String) -> Duration? {
        Int(text.trimmed).map { .seconds(min(max($0, 0), 3600)) }
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
