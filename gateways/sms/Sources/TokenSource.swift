import GatewayKit
import HTTP
import Logging
import NIOCore

/// The bearer token of one provider account. It is asked for once, kept in memory until it ends, and shared by all
/// requests of the account. Used on the gateway's loop.
final class TokenSource {
    /// Calls back with a token, or with the reason why there is none.
    typealias Use = (Result<String, Failure>) -> Void

    /// Maximum of requests that wait for one token. Further ones fail, and are tried again later.
    static let mostWaiting = 10_000

    private let rule: TokenRule
    private let values: TemplateValues
    private let transport: ProviderLink.Transport
    private let eventLoop: any EventLoop
    private let clock: @Sendable () -> Timestamp
    private var token: TokenRule.Token?
    /// The callbacks that wait for the answer; empty if no request is on its way.
    private var waiting: [Use] = []

    init(
        _ rule: TokenRule, _ values: TemplateValues, transport: @escaping ProviderLink.Transport,
        eventLoop: any EventLoop, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.rule = rule
        self.values = values
        self.transport = transport
        self.eventLoop = eventLoop
        self.clock = clock
    }

    /// Calls `use` with the token, at once if it is known.
    func token(_ use: @escaping Use) {
        if let token, token.end > clock().secondsSince1970 { return use(.success(token.text)) }
        guard waiting.count < Self.mostWaiting else {
            return use(.failure(ProviderErrorKind.providerDown.failure(detail: "too many requests wait", wait: nil)))
        }
        waiting.append(use)
        if waiting.count == 1 { ask() }
    }

    /// Forgets a token that the provider has refused. Does nothing if there is a newer one.
    func refused(_ text: String) { if token?.text == text { token = nil } }

    private func ask() {
        let source = NIOLoopBound(self, eventLoop: eventLoop)
        transport(rule.request(values)) { [eventLoop] result in
            eventLoop.execute { source.value.answered(result) }
        }
    }

    private func answered(_ answer: Result<HTTPResponse, HTTPFailure>) {
        let callers = waiting
        waiting = []
        let result: Result<String, Failure>
        do throws(Failure) {
            let token = try Self.token(answer, rule, now: clock().secondsSince1970)
            self.token = token
            result = .success(token.text)
        } catch {
            result = .failure(error)
        }
        for use in callers { use(result) }
    }

    private static func token(
        _ answer: Result<HTTPResponse, HTTPFailure>, _ rule: TokenRule, now: Double
    ) throws(Failure) -> TokenRule.Token {
        switch answer {
        case .success(let response): return try rule.token(in: response, now: now)
        // No message was sent, so a lost answer leaves no doubt.
        case .failure(let failure):
            throw ProviderErrorKind.providerDown.failure(detail: "no token: \(failure)", wait: nil)
        }
    }
}
