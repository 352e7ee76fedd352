import Basics
import GatewayKit
import Logging
import NIOCore

/// Decides when the numbers of one provider account may send: at the rate of the account, in turns, and not while the
/// account is paused. Used on the gateway's loop.
///
/// The account is paused when the provider refuses it as a whole: its credentials are wrong, or it has no credit. The
/// messages stay with the core. When the pause is over, one message goes out as a trial. Its answer ends the pause, or
/// makes it longer.
final class AccountGate {
    static let firstPause = Duration.seconds(60)
    static let longestPause = Duration.seconds(900)
    /// The time after which a message comes again while the trial has no answer.
    static let trialTime = Duration.seconds(10)

    /// Called when the account is paused, with the reason, and with nil when it is paused no longer.
    typealias Report = (_ reason: String?) -> Void

    private let eventLoop: any EventLoop
    private let logger: Logger
    private let hint: String
    private let report: Report
    /// The tokens for the account's rate; nil if the account has no limit.
    private var pace: TokenBucket?
    /// The sessions that wait for a token, in turns.
    private var waiting: [() -> Void] = []
    private var timer: Scheduled<Void>?
    private var pause: (end: UInt64, refusals: Int)?
    private var isTrying = false

    /// - Parameter hint: tells the operator which settings to check.
    init(rate: SendRate?, hint: String, eventLoop: any EventLoop, logger: Logger, report: @escaping Report) {
        pace = rate?.bucket
        self.hint = hint
        self.eventLoop = eventLoop
        self.logger = logger
        self.report = report
    }

    private var now: UInt64 { eventLoop.now.uptimeNanoseconds }

    // MARK: The rate

    /// Takes a token. If there is none, or if other sessions wait for one, `then` is called later, with a token.
    func takeTurn(then: @escaping () -> Void) -> Bool {
        guard pace != nil else { return true }
        if waiting.isEmpty, pace?.take(now: now) == true { return true }
        waiting.append(then)
        startTimer()
        return false
    }

    private func startTimer() {
        guard timer == nil, let wait = pace?.timeUntilNext(now: now) else { return }
        timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [weak self] in self?.serve() }
    }

    private func serve() {
        timer = nil
        while !waiting.isEmpty, pace?.take(now: now) == true { waiting.removeFirst()() }
        if !waiting.isEmpty { startTimer() }
    }

    // MARK: The pause

    /// The time for which no message may be sent; nil if one may be sent now.
    var pauseTime: Duration? {
        guard let pause else { return nil }
        guard now >= pause.end else { return .nanoseconds(Int64(pause.end - now)) }
        return isTrying ? Self.trialTime : nil
    }

    /// A message goes to the provider. While the account is paused, it is the trial.
    func started() { isTrying = pause != nil }

    /// The provider has answered, and its answer is not about the account. Ends the pause.
    func answered() {
        isTrying = false
        guard pause != nil else { return }
        pause = nil
        logger.notice("the provider takes messages of this account again")
        report(nil)
    }

    /// The trial had no clear answer: another one follows.
    func unclear() {
        isTrying = false
        guard let refusals = pause?.refusals else { return }
        pause = (now + Self.nanoseconds(Self.firstPause), refusals)
    }

    /// The provider has refused the account. Returns the time for which no message may be sent.
    func refused(_ detail: String) -> Duration {
        let wasTrying = isTrying
        isTrying = false
        // Other messages that were on their way are refused, too. They do not make the pause longer.
        if let pauseTime, !wasTrying { return pauseTime }
        let refusals = (pause?.refusals ?? 0) + 1
        let time = min(Self.firstPause * (1 << min(refusals - 1, 8)), Self.longestPause)
        pause = (now + Self.nanoseconds(time), refusals)
        logger.warning(
            "the provider refuses this account; its messages wait",
            metadata: ["why": "\(detail)", "next": "\(hint)", "next-try": "in \(time)"])
        report(detail)
        return time
    }

    /// Lets the next message go out as a trial. Call it at the operator's word.
    func tryNow() {
        guard let refusals = pause?.refusals, !isTrying else { return }
        pause = (now, refusals)
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 { UInt64(max(0, duration / .nanoseconds(1))) }
}
