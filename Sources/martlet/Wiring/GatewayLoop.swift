import ComponentLink
import DequeModule
import GatewayCore
import GatewayKit
import Logging
import NIOCore
import Operations
import Registry
import XMPP

/// One gateway on its event loop. It passes inputs to the core, and carries out the core's effects on the component
/// stream, the adapter, the registry and the timers. Call it on that loop only.
final class GatewayLoop {
    let eventLoop: any EventLoop
    let adapter: any Adapter
    let registry: any Store
    let logger: Logger
    let counters: CoreCounters
    let health: HealthRegistry
    /// The component stream. The creator sets it directly after `init`, because the link needs its delegate first.
    var link: ComponentLink?
    /// Answers requests of operators that concern the whole program; nil in tests of one gateway.
    var program: ProgramControl?
    private let healthName: String
    let core: Core
    /// Exclusive access is not checked, because every request looks up a session. This is safe, because no method of
    /// `SessionTable` calls code that uses this property.
    @exclusivity(unchecked) private(set) var sessions = SessionTable()
    /// The gateway's name in the registry.
    private let gateway: String
    @exclusivity(unchecked) private var inputs = UniqueDeque<Input>()
    private var isDraining = false
    /// The tags of long work. Each gets its next slice when the other work of the loop has had its turn.
    private(set) var waitingSlices: Deque<TimerTag> = []
    private let slices: SliceQueue
    private var isWaitingForTurn = false
    private var storageCallbacks: [StorageToken: (EventSink.StorageAnswer) -> Void] = [:]
    private var searches: [SearchToken: (AccountFinder.Finding) -> Void] = [:]
    private var consoleReplies: [ConsoleToken: ConsoleReply] = [:]
    private var lastToken = 0
    /// Changes, and reads of loaded users, without an answer from the registry. Reads of new users have a bound of their
    /// own (`Users.mostLoading`), so that strangers do not stop the stream. At `mostUnanswered`, the stream stops reading.
    private(set) var unanswered = 0
    private static let mostUnanswered = 5_000
    private var areNetworksPaused = false
    /// Accounts whose network the core has paused, independently of `areNetworksPaused`.
    private var pausedAccounts: Set<AccountID> = []
    /// The number of adapter sessions that are being closed.
    private(set) var closing = 0
    /// Ends the stream. Set while the gateway stops.
    var whenClosed: (() -> Void)?
    /// The bounds of the time for goodbyes. Tests set shorter times.
    var goodbyeTiming = GoodbyeTiming()

    init(
        settings: CoreSettings, adapter: any Adapter, registry: any Store, ids: IDSource, eventLoop: any EventLoop,
        slices: SliceQueue, logger: Logger, counters: CoreCounters, health: HealthRegistry
    ) {
        self.eventLoop = eventLoop
        self.slices = slices
        self.adapter = adapter
        self.registry = registry
        self.logger = logger
        self.counters = counters
        self.health = health
        self.healthName = "stream of \(settings.domain)"
        health.set(healthName, .starting)
        let world = World(now: { SystemClock.now() }, newID: { ids.next() }, count: { counters.count($0) })
        self.core = Core(settings: settings, rules: adapter.rules, world: world)
        gateway = settings.domain.domain
    }

    /// Gives the core the registry's data, then opens the stream. Call it once.
    func start(from snapshot: GatewaySnapshot) {
        adapter.start(
            AccountFinder { [self] in
                find($0, done: $1)
            } record: { [self] in
                post(.noted($0, keepCallback($1)))
            })
        post(.started(snapshot))
        link?.start()
    }

    /// Passes an input to the core and carries out its effects, in order. An input that comes while another is being
    /// handled waits its turn.
    func post(_ input: consuming Input) {
        guard !isDraining else { return inputs.append(input) }
        isDraining = true
        defer { isDraining = false }
        handle(input)
        while let input = inputs.popFirst() { handle(input) }
        if whenClosed != nil { endIfDone() }
    }

    private func handle(_ input: consuming Input) {
        core.handle(input)
        // `carryOut` can add inputs, but no effects.
        while carryOut(core.nextEffect()) {}
    }

    /// Carries out an effect. Returns false if there is none. It takes an optional, because `while let` would copy each
    /// effect.
    private func carryOut(_ effect: consuming Effect?) -> Bool {
        switch consume effect {
        case nil: return false
        case .send(let stanza)?: send(stanza)
        case .query(let iq, let deadline, let tag)?: ask(iq, deadline: deadline, tag)
        case .fence(let batch)?: link?.fence { [self] taken in post(.fenced(batch: batch, taken)) }
        case .open(let account)?: open(account)
        case .recall(let values)?: adapter.recall(values)
        case .perform(let account, let request)?: perform(request, of: account)
        case .close(let account, let reason)?: close(account, reason: reason)
        case .storageAnswer(let token, let answer)?: storageCallbacks.removeValue(forKey: token)?(answer)
        case .found(let token, let finding)?: searches.removeValue(forKey: token)?(finding)
        case .commit(let change, let tag)?: commit(change, tag)
        case .load(let user)?: load(user)
        case .read(let query, let tag)?: read(query, tag)
        case .askProgram(let request, let tag)?: ask(request, tag)
        case .consoleAnswer(let token, let answer)?: consoleReplies.removeValue(forKey: token)?(answer)
        case .timer(let tag, let wait)?: schedule(tag, after: wait)
        case .later(let tag)?: queueSlice(tag)
        case .checkpoint(let checkpoint)?:
            link?.fence { [self] isTaken in if isTaken { post(.reached(checkpoint)) } }
        case .pause(let account)?: pause(account)
        case .resume(let account)?: resume(account)
        case .log(let level, let message, let metadata)?: logger.log(level: level, message, metadata: metadata)
        }
        return true
    }

    private func ask(_ request: ProgramRequest, _ tag: ReadTag) {
        guard request == .reload, let reload = program?.reload else {
            return post(.read(tag, program?.answer(request) ?? .failure(.unavailable("no program"))))
        }
        let gateway = NIOLoopBound(self, eventLoop: eventLoop)
        reload.reload { lines in
            gateway.eventLoop.execute { gateway.value.post(.read(tag, .success(lines))) }
        }
    }

    private func send(_ stanza: Stanza) {
        guard let link, !link.send(stanza) else { return }
        counters.countUnsent()
        // If the link is closed, the core itself keeps the stanzas that must arrive. If an open link is full, the core
        // must learn of the refusal.
        if link.isOpen { post(.streamRefused(stanza)) }
    }

    private func ask(_ iq: IQ, deadline: Duration, _ tag: QueryTag) {
        guard let link else { return }
        var isAsked = false
        isAsked = link.query(iq, deadline: deadline) { [self] answer in
            // Without an answer on a closed link, the stream broke. If `isAsked` is still false, the link was full.
            // Neither tells anything about the queried address.
            if isAsked, answer != nil || link.isOpen { post(.answered(tag, answer)) }
        }
        if !isAsked, link.isOpen { post(.notAsked(tag)) }
    }

    private func schedule(_ tag: TimerTag, after wait: Duration) {
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [self] in post(.timer(tag)) }
    }

    private func queueSlice(_ tag: TimerTag) {
        waitingSlices.append(tag)
        scheduleNextSlice()
    }

    /// Plans the next slice, unless the server reads too slowly.
    private func scheduleNextSlice() {
        guard !isWaitingForTurn, !waitingSlices.isEmpty, link?.isOutboundSlow != true else { return }
        isWaitingForTurn = true
        slices.add { [self] in runNextSlice() }
    }

    private func runNextSlice() {
        isWaitingForTurn = false
        guard link?.isOutboundSlow != true, let tag = waitingSlices.popFirst() else { return }
        post(.timer(tag))
        scheduleNextSlice()
    }

    private func commit(_ change: Change, _ tag: CommitTag) {
        let here = askRegistry()
        registry.submit(change) { result in
            here.eventLoop.execute { here.value.answered(.committed(tag, result)) }
        }
    }

    private func load(_ user: UserID) {
        let here = NIOLoopBound(self, eventLoop: eventLoop)
        registry.readUser(gateway: gateway, user: user) { result in
            here.eventLoop.execute { here.value.post(.loaded(user, result)) }
        }
    }

    private func read(_ query: any StoreQuery, _ tag: ReadTag) {
        let here = askRegistry()
        registry.readAny(query) { result in
            here.eventLoop.execute { here.value.answered(.read(tag, result)) }
        }
    }

    /// Counts a change or read for the registry. At `mostUnanswered`, the stream stops reading from the server.
    private func askRegistry() -> NIOLoopBound<GatewayLoop> {
        unanswered += 1
        if unanswered == Self.mostUnanswered { link?.pauseReading() }
        return NIOLoopBound(self, eventLoop: eventLoop)
    }

    private func answered(_ input: consuming Input) {
        unanswered -= 1
        if unanswered == Self.mostUnanswered / 2 { link?.resumeReading() }
        post(input)
    }
}

// MARK: - Adapter sessions

extension GatewayLoop {
    /// The open sessions of an adapter.
    struct SessionTable {
        private(set) var open: [AccountID: any AdapterSession] = [:]
        /// The session of the last look-up, because the next look-up is mostly for the same account.
        private var last: (account: AccountID, session: any AdapterSession)?

        mutating func session(of account: AccountID) -> (any AdapterSession)? {
            if let last, last.account == account { return last.session }
            guard let session = open[account] else { return nil }
            last = (account, session)
            return session
        }

        mutating func add(_ session: any AdapterSession, of account: AccountID) {
            last = nil
            open[account] = session
        }

        mutating func remove(_ account: AccountID) -> (any AdapterSession)? {
            last = nil
            return open.removeValue(forKey: account)
        }
    }

    private func open(_ account: Account) {
        let id = account.id
        // Without `consuming` the closure would copy each event.
        let sink = EventSink { [self] (event: consuming Event, onAnswer) in
            let token = onAnswer.map { keepCallback($0) }
            post(.event(id, event, token: token))
        }
        let session = adapter.open(account, events: sink)
        sessions.add(session, of: id)
        if areNetworksPaused { session.pause() }
    }

    /// A pause of one account and a pause of all accounts may overlap. The session hears only of the first.
    private func pause(_ account: AccountID) {
        guard pausedAccounts.insert(account).inserted, !areNetworksPaused else { return }
        sessions.session(of: account)?.pause()
    }

    private func resume(_ account: AccountID) {
        guard pausedAccounts.remove(account) != nil, !areNetworksPaused else { return }
        sessions.session(of: account)?.resume()
    }

    private func keepCallback(_ onAnswer: @escaping (EventSink.StorageAnswer) -> Void) -> StorageToken {
        lastToken += 1
        let token = StorageToken(lastToken)
        storageCallbacks[token] = onAnswer
        return token
    }

    /// Keeps the callback of a command of the console until the core answers.
    func keep(_ done: @escaping ConsoleReply) -> ConsoleToken {
        lastToken += 1
        let token = ConsoleToken(lastToken)
        consoleReplies[token] = done
        return token
    }

    private func find(_ value: UniqueValue, done: @escaping (AccountFinder.Finding) -> Void) {
        lastToken += 1
        let token = SearchToken(lastToken)
        searches[token] = done
        post(.wanted(value, token))
    }

    private func perform(_ request: Request, of account: AccountID) {
        guard let session = sessions.session(of: account) else {
            let failure = Failure(.remoteDown, "The connection to the network has ended. Try again.")
            return post(.event(account, .outcome(request.id, .failed(failure)), token: nil))
        }
        session.perform(request)
    }

    private func close(_ account: AccountID, reason: String) {
        guard let session = sessions.remove(account) else { return }
        pausedAccounts.remove(account)
        closing += 1
        session.close(reason: reason) { [self] in
            closing -= 1
            endIfDone()
        }
    }
}

// MARK: - The component stream

extension GatewayLoop: ComponentLinkDelegate {
    func linkDidOpen() {
        health.set(healthName, .ok)
        post(.linkOpened)
    }

    func linkDidClose(_ reason: String) {
        health.set(healthName, .failing(reason))
        post(.linkClosed)
    }

    func linkDidNotOpen(_ reason: String) { health.set(healthName, .failing(reason)) }

    func received(_ stanza: consuming Stanza) { post(.stanza(stanza)) }

    func turnEnded() {}

    /// Pauses all networks while the server reads too slowly, and resumes them afterwards.
    func linkDidChangePace() {
        let isSlow = link?.isOutboundSlow == true
        guard isSlow != areNetworksPaused else { return }
        areNetworksPaused = isSlow
        if !isSlow { scheduleNextSlice() }
        for (account, session) in sessions.open where !pausedAccounts.contains(account) {
            isSlow ? session.pause() : session.resume()
        }
    }
}
