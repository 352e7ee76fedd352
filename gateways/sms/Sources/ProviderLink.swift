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

    /// Sends a message to the provider, once. `done` is called later, on the loop, exactly once.
    func send(_ message: OutboundText, _ done: @escaping (SendOutcome) -> Void) {
        let done = NIOLoopBound(done, eventLoop: eventLoop)
        let finish: @Sendable (SendOutcome) -> Void = { [eventLoop] outcome in
            eventLoop.execute { done.value(outcome) }
        }
        do {
            let request = try account.profile.request(for: message, settings: account.settings, hooks: hooks)
            transport(request) { [account, clock] result in finish(Self.outcome(of: result, account, now: clock())) }
        } catch {
            finish(.failed(error))
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
