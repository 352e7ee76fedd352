import Basics
import Logging
import NIOCore
import Networking
import XML
import XMPP

/// One component stream to an XMPP server (XEP-0114). Whenever the stream breaks, the link connects again by itself.
///
/// Not Sendable: the link is made and used on one event loop, and calls its delegate and callbacks on that loop. All
/// stanzas sent in one turn leave in one write: at the end of a read of the socket, or one turn after `send` outside
/// of a read.
package final class ComponentLink {
    let settings: ComponentSettings
    let eventLoop: any EventLoop
    let dialer: Dialer
    let logger: Logger
    weak var delegate: (any ComponentLinkDelegate)?
    var random: any RandomNumberGenerator

    /// Exclusive access is not checked, because every stanza asks it. This is safe, because no method of
    /// `StreamMachine` calls code that uses this property.
    @exclusivity(unchecked) var machine: StreamMachine
    var turns: ServerTurns
    /// Whether the next attempt begins a new round of addresses, after a pause (`ServerTurns`).
    var isRoundOver = false
    var backoff: Backoff
    var failureLog = FailureLog()
    var closeCallbacks: [() -> Void] = []
    var deadline: Scheduled<Void>?
    var retry: Scheduled<Void>?
    var ticker: Scheduled<Void>?
    /// When the link opened; nil while `linkDidOpen` has not been called for it.
    var opened: NIODeadline?

    /// The present connection. Its handler and its parser are discarded with it.
    var channel: (any Channel)?
    var handler: StreamHandler?
    var parser: StreamParser?
    /// Replaces `parser` from our request for TLS to the server's answer. `parseForTLS` gives it single bytes.
    var negotiationParser: StreamParser?
    var upgrade: TLSUpgrade?
    /// The bytes that have been read but not parsed, because reading is paused.
    var unread = UnreadBytes()
    var isTakingUpUnread = false
    /// Number of the present connection, to tell apart events that come late from an earlier one.
    var connection = 0

    /// A cache of the JIDs of the stanzas on this link. Exclusive access is not checked, because every stanza uses it.
    /// This is safe, because reading a JID calls no code that could use it again.
    @exclusivity(unchecked) var addresses = JIDCache()
    /// The output buffer. The check for exclusive access is off, because it is used with every stanza, and writing
    /// calls no code that could access it again.
    @exclusivity(unchecked) var writer = XMLWriter()
    /// An upper bound of the bytes that wait in the connection. It grows with each flush. When it exceeds the limit, it
    /// is replaced by the true number.
    var bytesInFlight = 0
    var isInTurn = false
    /// Whether the delegate or a callback has got a stanza since the last call of `turnEnded`.
    var mustCallTurnEnded = false
    @exclusivity(unchecked) var isFlushScheduled = false
    var isPausedByDelegate = false
    /// Whether more bytes wait for the server than `ComponentSettings.slowOutboundBytes`. True until half of them have
    /// gone.
    @exclusivity(unchecked) package internal(set) var isOutboundSlow = false

    var queries = PendingQueries()
    var queryNumber = 0
    var nonce = ""
    var fences = Fences(nonce: "")
    var liveness: Liveness
    /// Numbers of everything that has passed over this link. Exclusive access to them and to the flags above is not
    /// checked, because every stanza uses them, each time for one number.
    @exclusivity(unchecked) package internal(set) var counters = LinkCounters()

    /// Makes a link, which `start` then opens. Call it on `eventLoop`.
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
        machine = StreamMachine(settings.encryption.mode)
        turns = ServerTurns(settings.server, settings.alternatives)
        let timing = settings.timing
        backoff = Backoff(first: timing.firstRetry, ceiling: timing.slowestRetry)
        liveness = Liveness(keepalive: timing.keepalive, silence: timing.silence, now: eventLoop.now)
    }

    /// Whether stanzas can be sent.
    package var isOpen: Bool { machine.isOpen }

    /// The address of the present or next connection.
    var server: Endpoint { turns.current }

    /// Connects, and keeps connecting until `close`. Call it once.
    package func start() { perform(.start) }

    /// Ends the stream in order, after everything that has been sent and asked before. Waits for the server to end the
    /// stream too, for at most `LinkTiming.close`. The link does not connect again. `done` is called on a later turn
    /// of the loop.
    package func close(_ done: @escaping () -> Void) {
        closeCallbacks.append(done)
        perform(.close)
    }

    /// Stops reading from the server until `resumeReading`, so that the server has to wait. The delegate gets no more
    /// stanzas, not even those that have been read already, unless the connection ends meanwhile.
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
