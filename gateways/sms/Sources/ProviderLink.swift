import GatewayKit
import HTTP
import NIOCore

/// The connection from one number to its provider: builds requests and reads answers.
struct ProviderLink: Sendable {
    /// Sends a request once, and calls back once, from any thread.
    typealias Transport =
        @Sendable (
            HTTPRequest, _ done: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
        ) -> Void

    let account: ProviderAccount
    let hooks: HookAddresses
    let transport: Transport
    let eventLoop: any EventLoop
    let clock: @Sendable () -> Timestamp
    /// The source of the account's bearer tokens; nil if its requests need none.
    var tokens: NIOLoopBound<TokenSource>?

    /// Sends a message to the provider, once. `done` is called later, on the loop, exactly once. Call it on the loop.
    ///
    /// If the provider refuses the bearer token, the message is sent once more with a new one: a provider that answers
    /// 401 has not taken the message.
    func send(_ message: OutboundText, _ done: @escaping (SendOutcome) -> Void) {
        guard let tokens else { return send(message, token: nil) { outcome, _ in done(outcome) } }
        withToken(tokens.value, done) { token in
            send(message, token: token) { outcome, status in
                guard status == 401 else { return done(outcome) }
                tokens.value.refused(token)
                withToken(tokens.value, done) { send(message, token: $0) { outcome, _ in done(outcome) } }
            }
        }
    }

    private func withToken(
        _ tokens: TokenSource, _ done: @escaping (SendOutcome) -> Void, _ use: @escaping (String) -> Void
    ) {
        tokens.token { result in
            switch result {
            case .success(let token): use(token)
            case .failure(let failure):
                let outcome: SendOutcome = failure.kind == .internal ? .refusedAccount(failure) : .failed(failure)
                // `done` is called later, so that a session never gets an outcome before `send` returns.
                let call = NIOLoopBound({ done(outcome) }, eventLoop: eventLoop)
                eventLoop.execute { call.value() }
            }
        }
    }

    private func send(
        _ message: OutboundText, token: String?, _ done: @escaping (_ outcome: SendOutcome, _ status: Int?) -> Void
    ) {
        let done = NIOLoopBound(done, eventLoop: eventLoop)
        let finish: @Sendable (SendOutcome, Int?) -> Void = { [eventLoop] outcome, status in
            eventLoop.execute { done.value(outcome, status) }
        }
        do {
            let request = try account.profile.request(
                for: message, settings: account.settings, hooks: hooks, now: clock().secondsSince1970, token: token)
            transport(request) { [account, clock] result in
                let status = if case .success(let response) = result { response.status } else { nil as Int? }
                finish(Self.outcome(of: result, account, now: clock()), status)
            }
        } catch {
            finish(.failed(error), nil)
        }
    }

    private static func outcome(
        of result: Result<HTTPResponse, HTTPFailure>, _ account: ProviderAccount, now: Timestamp
    ) -> SendOutcome {
        switch result {
        case .success(let response):
            account.profile.outcome(of: response, settings: account.settings, now: now.secondsSince1970)
        case .failure(let failure): .failed(account.profile.response.repeatable(Self.failure(for: failure)))
        }
    }

    static func failure(for failure: HTTPFailure) -> Failure {
        switch failure {
        case .outcomeUnknown(let reason): .unknownOutcome(detail: "\(reason)")
        case .notSent(.invalidRequest(let words)):
            ProviderErrorKind.auth.failure(detail: "the request cannot be sent: \(words)", wait: nil)
        // An invalid certificate will not become valid within seconds, so the wait is longer.
        case .notSent(let reason):
            Failure(
                .remoteDown, "The SMS provider cannot be reached now.", detail: "\(reason)",
                retry: .after(reason.isLasting ? .seconds(60) : .seconds(10)))
        }
    }
}

extension HTTPFailureReason {
    fileprivate var isLasting: Bool { if case .tls = self { true } else { false } }
}
