import GatewayKit
import Logging
import NIOCore
import Networking

/// One account's place on its network: makes the connection when a request needs one, drives the protocol on it
/// (`IRCClient`), comes back after a break as long as there are rooms to be in, and lives on the gateway's loop.
final class IRCSession: AdapterSession {
    /// What all sessions of an adapter share.
    struct Environment {
        let eventLoop: any EventLoop
        let dialer: Dialer
        let logger: Logger
        let version: String
        let clock: @Sendable () -> Timestamp
        let random: any RandomNumberGenerator
    }

    /// Where the connection stands.
    enum Link {
        case idle
        case dialing
        case up(any Channel)
        /// Until the next attempt; `isStrict` if the server wants it that long.
        case pausing(Scheduled<Void>, isStrict: Bool)
        case closed
    }

    /// Requests that may wait for the connection.
    static let waitingLimit = 200

    let account: Account
    let network: IRCNetwork
    let environment: Environment
    let logger: Logger
    private let events: EventSink
    var loop: any EventLoop { environment.eventLoop }

    var link = Link.idle
    var client: IRCClient?
    /// Counts connections, so that late news of an old one is recognised.
    var connection = 0
    var waiting: [Request] = []
    var rejoin: [IRCClient.Rejoin] = []
    var nick: WantedNick
    /// The nick in use by the connection before this one was ours, and may still seem to be.
    var isReturning = false
    var address = 0
    var failedAddresses = 0
    var backoff = Backoff(first: .seconds(2))
    var random: any RandomNumberGenerator
    /// What the client has decided about the connection during this turn.
    var pendingEnd: LinkEnd?

    private var outgoing = ByteBuffer()
    private var isDraining = false
    private var isTurnScheduled = false
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?

    init(_ account: Account, network: IRCNetwork, events: EventSink, _ environment: Environment) {
        self.account = account
        self.network = network
        self.events = events
        self.environment = environment
        random = environment.random
        var logger = environment.logger
        logger[metadataKey: "network"] = "\(network.id)"
        logger[metadataKey: "user"] = "\(account.id.user)"
        self.logger = logger
        nick =
            account.settings["nick"].map { WantedNick(name: $0, isChosen: true) }
            ?? .suggestion(from: account.preferredNick)
    }

    func emit(_ event: Event) {
        if case .closed = link { return }
        events.emit(event)
    }

    func fail(_ request: Request, _ failure: Failure) { emit(.failed(request.id, failure)) }

    func perform(_ request: Request) {
        if client?.isReady == true, case .up = link {
            client?.perform(request, now: loop.now)
            scheduleTurn()
        } else {
            performOffline(request)
        }
    }

    func capabilities(for address: Address) -> Capabilities {
        switch address {
        case .network: Capabilities([:])
        case .peer: Capabilities([.message: .full, .action: .full], longestText: IRCSession.longestText)
        case .room:
            Capabilities(
                [.message: .full, .action: .full, .topic: .full, .kick: .full, .nickChange: .full],
                longestText: IRCSession.longestText)
        }
    }

    /// As much as fits into the lines that may wait, if they are not too short.
    private static let longestText = 32_768

    // MARK: - Turns

    func received(_ messages: [IRCMessage], connection number: Int) {
        guard number == connection else { return }
        for message in messages { client?.received(message, now: loop.now) }
        drain()
    }

    /// One run of inputs is over: write what may be written, once.
    func endTurn(connection number: Int) {
        guard number == connection, client != nil else { return }
        var canWrite = false
        if case .up(let channel) = link { canWrite = channel.isWritable }
        client?.endTurn(now: loop.now, canWrite: canWrite)
        drain()
        flush()
        if let end = pendingEnd { ended(end) } else { setTimer() }
    }

    func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        let number = connection
        loop.assumeIsolated().execute { [weak self] in
            self?.isTurnScheduled = false
            self?.endTurn(connection: number)
        }
    }

    /// Carries out the client's effects in order. What the core asks for meanwhile joins the end of the line.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        defer { isDraining = false }
        while let effects = client?.takeEffects(), !effects.isEmpty {
            for effect in effects { apply(effect) }
        }
    }

    private func apply(_ effect: IRCClient.Effect) {
        switch effect {
        case .write(let line):
            outgoing.writeString(line.text)
            outgoing.writeStaticString("\r\n")
        case .emit(let event): emit(event)
        case .ready: becameReady()
        case .hangUp(let end): pendingEnd = pendingEnd ?? end
        }
    }

    func flush() {
        guard outgoing.readableBytes > 0, case .up(let channel) = link else { return }
        channel.writeAndFlush(outgoing, promise: nil)
        outgoing = ByteBuffer()
    }

    // MARK: - Timer

    private func setTimer() {
        guard let wake = client?.nextWake(now: loop.now) else { return cancelTimer() }
        if let timer, timer.at <= wake { return }
        cancelTimer()
        let number = connection
        let task = loop.assumeIsolated().scheduleTask(deadline: wake) { [weak self] in
            guard let self, number == self.connection else { return }
            self.timer = nil
            self.client?.tick(now: self.loop.now)
            self.endTurn(connection: number)
        }
        timer = (wake, task)
    }

    func cancelTimer() {
        timer?.task.cancel()
        timer = nil
    }
}
