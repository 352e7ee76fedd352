import Basics
import GatewayKit
import Logging
import NIOCore

/// Decides when the sessions of one provider account may send. The sessions share the rate of the account, and take
/// turns. While the account is paused, no session may send. Used on the gateway's loop.
///
/// The account is paused when the provider refuses it as a whole, because its credentials are wrong or it has no
/// credit. The messages go back to the core, which tries them again later. When the pause is over, one message goes out
/// as a trial. If the provider takes it, the pause ends. If the provider refuses the account again, the next pause is
/// longer.
final class AccountGate {
    /// The first pause. Each refused trial doubles it, up to `longestPause`.
    static let firstPause = Duration.seconds(60)
    static let longestPause = Duration.seconds(900)
    /// The time for which other messages wait while the trial has no answer yet.
    static let trialTime = Duration.seconds(10)

    /// Called with the reason when the account is paused or a trial is refused, and with nil when the pause has ended.
    typealias Report = (_ reason: String?) -> Void

    private let eventLoop: any EventLoop
    private let logger: Logger
    private let hint: String
    private let report: Report
    /// Called with each answer of the provider.
    let count: (ProviderEvent) -> Void
    /// The tokens for the account's rate; nil if the account has no limit.
    private var pace: TokenBucket?
    /// The callbacks of the sessions that wait for a token, in order.
    private var waiting: [() -> Void] = []
    private var timer: Scheduled<Void>?
    /// The end of the pause on the loop's clock, in nanoseconds, and the number of refusals that have begun or extended
    /// it. Nil if the account is not paused. After the end, the pause lasts until a trial succeeds.
    private var pause: (end: UInt64, refusals: Int)?
    /// Whether the trial is with the provider.
    private var isTrying = false

    /// - Parameter hint: tells the operator in the log which settings to check.
    init(
        rate: SendRate?, hint: String, eventLoop: any EventLoop, logger: Logger, report: @escaping Report,
        count: @escaping (ProviderEvent) -> Void = { _ in }
    ) {
        self.count = count
        pace = rate?.bucket
        self.hint = hint
        self.eventLoop = eventLoop
        self.logger = logger
        self.report = report
    }

    private var now: UInt64 { eventLoop.now.uptimeNanoseconds }

    // MARK: The rate

    /// Takes a token of the account's rate for one message. Returns true if there is one. If there is none, or if other
    /// sessions wait, returns false: then `then` is called later, when a token has been taken for it.
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

    /// The time for which no message may be sent; nil if a message may be sent now.
    var pauseTime: Duration? {
        guard let pause else { return nil }
        guard now >= pause.end else { return .nanoseconds(Int64(pause.end - now)) }
        return isTrying ? Self.trialTime : nil
    }

    /// Call it when a message goes to the provider. While the account is paused, this message is the trial.
    func started() { isTrying = pause != nil }

    /// Call it when an answer shows that the provider accepts the account. Ends the pause.
    func answered() {
        isTrying = false
        guard pause != nil else { return }
        pause = nil
        logger.notice("the provider takes messages of this account again")
        report(nil)
    }

    /// Call it when an answer, or its absence, does not show whether the provider accepts the account. During a pause,
    /// another trial follows after `firstPause`.
    func unclear() {
        isTrying = false
        guard let refusals = pause?.refusals else { return }
        pause = (now + Self.nanoseconds(Self.firstPause), refusals)
    }

    /// Call it when the provider has refused the account. Begins a pause, or a longer one after a trial. Returns the
    /// time for which no message may be sent.
    ///
    /// - Parameter detail: the provider's reason, without secrets, for the log.
    func refused(_ detail: String) -> Duration {
        let wasTrying = isTrying
        isTrying = false
        // Messages that were on their way when the pause began are refused too. They do not make the pause longer.
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

    /// Lets the next message go out as a trial at once. Call it when the operator asks for that.
    func tryNow() {
        guard let refusals = pause?.refusals, !isTrying else { return }
        pause = (now, refusals)
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 { UInt64(max(0, duration / .nanoseconds(1))) }
}
