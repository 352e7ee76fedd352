import Basics
import Logging
import NIOCore
import Networking
import XML
import XMPP

/// One component stream to an XMPP server (XEP-0114) that comes back by itself whenever it breaks.
///
/// Not Sendable: made on an event loop, used on that loop, and everything it calls is called there. What is sent
/// leaves in one write per turn: at the end of a read of the socket, or one loop tick after `send` outside of one.
package final class ComponentLink {
    let settings: ComponentSettings
    let eventLoop: any EventLoop
    let dialer: Dialer
    let logger: Logger
    weak var delegate: (any ComponentLinkDelegate)?
    var random: any RandomNumberGenerator

    var machine = StreamMachine()
    var backoff: Backoff
    var failureLog = FailureLog()
    var closeCallbacks: [() -> Void] = []
    var deadline: Scheduled<Void>?
    var retry: Scheduled<Void>?
    var ticker: Scheduled<Void>?
    /// When the link opened; nil while `linkDidOpen` has not been called for it.
    var opened: NIODeadline?

    /// The connection of the moment. Its handler and its parser go with it.
    var channel: (any Channel)?
    var handler: StreamHandler?
    var parser: StreamParser?
    /// Bytes from the connection whose stanzas the delegate has not got yet, because reading has paused.
    var unread = UnreadBytes()
    var isTakingUpUnread = false
    /// Counts connections, so that what comes late from an earlier one is told apart.
    var connection = 0

    /// The addresses that come over this link.
    var addresses = JIDCache()
    /// Written to with every stanza; writing calls nothing that could come back here.
    @exclusivity(unchecked) var writer = XMLWriter()
    /// What the connection holds at most: counts up with each flush, and is asked for when it seems to be much.
    var bytesInFlight = 0
    var isInTurn = false
    /// Whether something has been handed over since the delegate was last told that a turn has ended.
    var owesTurnEnd = false
    var isFlushScheduled = false
    var isPausedByDelegate = false
    /// More waits for the server than `ComponentSettings.slowOutboundBytes`, and not yet half of that has gone.
    package internal(set) var isOutboundSlow = false

    var queries = PendingQueries()
    var queryNumber = 0
    var nonce = ""
    var fences = Fences(nonce: "")
    var liveness: Liveness
    /// What has passed so far.
    package internal(set) var counters = LinkCounters()

    /// Makes a link that `start` opens. Call it on `eventLoop`.
    ///
    /// - Parameters:
    ///   - delegate: held weakly.
    ///   - random: for back-off and for ids that strangers cannot guess.
    package init(
        settings: ComponentSettings, eventLoop: any EventLoop, dialer: Dialer, logger: Logger,
        delegate: any ComponentLinkDelegate, random: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        eventLoop.preconditionInEventLoop()
        self.settings = settings
        self.eventLoop = eventLoop
        self.dialer = dialer
        var logger = logger
        logger[metadataKey: "component"] = "\(settings.domain)"
        self.logger = logger
        self.delegate = delegate
        self.random = random
        let timing = settings.timing
        backoff = Backoff(first: timing.firstRetry, ceiling: timing.slowestRetry)
        liveness = Liveness(keepalive: timing.keepalive, silence: timing.silence, now: eventLoop.now)
    }

    /// Whether stanzas can be sent.
    package var isOpen: Bool { machine.isOpen }

    /// Connects, and keeps connecting until `close`. Call it once.
    package func start() { perform(.start) }

    /// Ends the stream in order, after all that has been sent and asked before: waits for the server's end of it, at
    /// most `LinkTiming.close`. The link does not come back. `done` is called on a later turn of the loop.
    package func close(_ done: @escaping () -> Void) {
        closeCallbacks.append(done)
        perform(.close)
    }

    /// Stops reading from the server until `resumeReading`; the server has to wait. Nothing more is handed over, not
    /// even what the read under way has brought, unless the connection ends meanwhile.
    package func pauseReading() {
        isPausedByDelegate = true
        updateReading()
    }

    /// Takes back `pauseReading`.
    package func resumeReading() {
        guard isPausedByDelegate else { return }
        isPausedByDelegate = false
        liveness.heardFromServer(eventLoop.now)
        updateReading()
    }

    func perform(_ event: StreamMachine.Event) {
        for action in machine.handle(event) { perform(action) }
    }
}
