import Basics
import GatewayKit
import HTTP
import Logging
import NIOCore

/// Asks one provider account for events again and again. Used on the gateway's loop.
///
/// One question is on its way at a time. An answer with many events is taken in slices, each on a later turn of the loop
/// than the one before. When all events of an answer are on disk, the next question continues behind
/// them. The cursor is then kept on disk too, if a user's session is open, so that a restart continues at the same
/// place. Events may come twice: the core recognises them by their ids.
final class Poller {
    private static let keptPrefix = "sms-poll/"
    private static let longestPause = Duration.seconds(900)

    /// Takes events, and calls back with true if all of them are stored.
    typealias Take = (PollRule.Slice, @escaping (Bool) -> Void) -> Void
    /// Keeps a value on disk beyond a restart.
    typealias Keep = (_ value: String, _ key: String) -> Void

    private let account: ProviderAccount
    private let rule: PollRule
    private let transport: ProviderLink.Transport
    private let tokens: TokenSource?
    private let eventLoop: any EventLoop
    private let clock: @Sendable () -> Timestamp
    /// Returns a number from 0 to 1. It varies the waits, so that accounts and gateways do not ask at the same time.
    private let random: () -> Double
    private let logger: Logger
    private let take: Take
    private let keep: Keep
    private var cursor: String?
    /// The number of questions in a row that have failed.
    private var failures = 0

    init(
        _ account: ProviderAccount, _ rule: PollRule, transport: @escaping ProviderLink.Transport,
        tokens: TokenSource?, eventLoop: any EventLoop, clock: @escaping @Sendable () -> Timestamp,
        random: @escaping () -> Double, logger: Logger, take: @escaping Take, keep: @escaping Keep
    ) {
        self.account = account
        self.rule = rule
        self.transport = transport
        self.tokens = tokens
        self.eventLoop = eventLoop
        self.clock = clock
        self.random = random
        self.logger = logger
        self.take = take
        self.keep = keep
    }

    /// Takes the cursor that an earlier run of the program has kept.
    func recall(_ values: [String: String]) { cursor = values[Self.keptPrefix + account.name] ?? cursor }

    /// Begins to ask. The first question follows after a random part of the time between two questions.
    func start() { ask(after: rule.every * (0.1 + 0.9 * random())) }

    private func ask(after wait: Duration) {
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [weak self] in self?.ask() }
    }

    /// Asks again after the time between two questions, which is longer after failures. It varies by 5 % both ways.
    private func askLater() {
        let backoff = Backoff(first: rule.every, ceiling: max(rule.every, Self.longestPause))
        ask(after: backoff.wait(afterFailures: failures) * (0.95 + random() / 10))
    }

    private func ask() {
        guard let tokens else { return ask(token: nil, isRepeated: false) }
        ask(tokens, isRepeated: false)
    }

    private func ask(_ tokens: TokenSource, isRepeated: Bool) {
        tokens.token { [weak self] result in
            switch result {
            case .success(let token): self?.ask(token: token, isRepeated: isRepeated)
            case .failure(let failure): self?.failed(failure.detail ?? failure.text)
            }
        }
    }

    private func ask(token: String?, isRepeated: Bool) {
        do throws(Failure) {
            let request = try rule.request(
                cursor: cursor, settings: account.settings, now: clock().secondsSince1970, token: token)
            let poller = NIOLoopBound(self, eventLoop: eventLoop)
            transport(request) { [eventLoop] result in
                eventLoop.execute { poller.value.answered(result, token: token, isRepeated: isRepeated) }
            }
        } catch {
            failed(error.detail ?? error.text)
        }
    }

    private func answered(_ result: Result<HTTPResponse, HTTPFailure>, token: String?, isRepeated: Bool) {
        guard case .success(let response) = result else { return failed("no answer") }
        if response.status == 401, let tokens, let token, !isRepeated {
            tokens.refused(token)
            return ask(tokens, isRepeated: true)
        }
        do throws(HookRefusal) {
            take(try rule.answer(response, settings: account.settings), from: 0)
        } catch {
            failed(error.words)
        }
    }

    /// Takes the next slice of an answer.
    private func take(_ answer: PollRule.Answer, from start: Int) {
        do throws(HookRefusal) {
            let slice = try rule.slice(answer, from: start)
            take(slice) { [weak self] isStored in self?.taken(answer, upTo: start + HookRule.mostEvents, isStored) }
        } catch {
            failed(error.words)
        }
    }

    private func taken(_ answer: PollRule.Answer, upTo end: Int, _ isStored: Bool) {
        guard isStored else { return failed("the events cannot be stored now") }
        guard end >= answer.elements.count else {
            return eventLoop.assumeIsolated().execute { [weak self] in self?.take(answer, from: end) }
        }
        failures = 0
        if let next = answer.cursor, next != cursor {
            cursor = next
            keep(next, Self.keptPrefix + account.name)
        }
        askLater()
    }

    private func failed(_ reason: String) {
        failures += 1
        // Warn only once for each series of failures.
        logger.log(
            level: failures == 1 ? .warning : .debug, "the provider cannot be asked for events",
            metadata: ["account": "\(account.name)", "why": "\(account.settings.redacted(reason))"])
        askLater()
    }
}
