import Basics
import GatewayCore
import GatewayKit
import GatewayTesting
import Registry
import Synchronization
import Testing
import XML
import XMPP

/// A whole gateway for tests: the core, a real registry, an adapter, and a home server that accepts every stanza while
/// it is up. Time moves only by `advance`.
final class Gateway {
    private(set) var sent: [Stanza] = []
    private let core: Core
    private let adapter: any Adapter
    private let registry: any Store
    private let clock: Clock
    private let table = SessionTable()
    private let replies = Replies()
    private var inputs: [Input] = []
    private var timers: [(tag: TimerTag, due: Timestamp)] = []
    private var storageCallbacks: [StorageToken: (EventSink.StorageAnswer) -> Void] = [:]
    private var searches: [SearchToken: (AccountFinder.Finding) -> Void] = [:]
    private var isServerUp = true

    final class Clock { var now = Timestamp(secondsSince1970: 1_767_268_800) }
    final class SessionTable { var open: [AccountID: any AdapterSession] = [:] }
    /// Answers of the registry, which arrive on the registry's thread.
    private final class Replies: Sendable {
        let waiting = Mutex<[Input]>([])
    }

    /// Starts the gateway with a snapshot of the registry, as the program does, and opens the stream.
    init(_ adapter: any Adapter, registry: any Store, ids: CountedIDs, clock: Clock = Clock()) async throws {
        self.adapter = adapter
        self.registry = registry
        self.clock = clock
        core = Core(
            settings: CoreSettings(
                domain: try JID("gw.test"), allows: { _ in true }, version: "1",
                occupantKey: OccupantKey(secret: Secret("test"))),
            rules: adapter.rules,
            world: World(now: { clock.now }, newID: { ids.next() }, count: { _ in }))
        adapter.start(
            AccountFinder { [unowned self] in
                find($0, done: $1)
            } record: { [unowned self] in
                post(.noted($0, keepCallback($1)))
            })
        post(.started(try await registry.snapshot(gateway: "gw.test")))
        post(.linkOpened)
        await settle()
    }

    /// Gives the core a stanza of a user. Returns when all work that follows is done.
    func receive(from sender: String, _ xml: String) async throws {
        var element = try Element(parsing: xml, defaultNamespace: Stanza.namespace)
        element[attribute: "from"] = sender
        post(.stanza(try Stanza(element)))
        await settle()
    }

    /// Closes the stream. The home server then loses every stanza. The core notices at the next `settle`.
    func serverGoesDown() {
        isServerUp = false
        post(.linkClosed)
    }

    /// Opens the stream again.
    func serverComesBack() async {
        isServerUp = true
        post(.linkOpened)
        await settle()
    }

    /// Moves time and fires the timers that are due.
    func advance(by duration: Duration) async {
        clock.now = clock.now.advanced(by: duration)
        let due = timers.filter { $0.due <= clock.now }
        timers.removeAll { $0.due <= clock.now }
        for timer in due { post(.timer(timer.tag)) }
        await settle()
    }

    /// Reads that the core has ordered and the registry has not answered.
    private var reads: [(any Store, @escaping @Sendable (Input) -> Void) -> Void] = []

    /// Lets the registry and the core work until both are idle.
    func settle() async {
        while true {
            drain()
            await registry.flush()
            let asked = reads
            reads = []
            for read in asked { inputs.append(await answer(to: read)) }
            let ready = replies.waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            if ready.isEmpty, inputs.isEmpty { return }
            inputs += ready
        }
    }

    private func answer(to read: (any Store, @escaping @Sendable (Input) -> Void) -> Void) async -> Input {
        await withCheckedContinuation { continuation in read(registry) { continuation.resume(returning: $0) } }
    }

    private func post(_ input: Input) { inputs.append(input) }

    private func drain() {
        while !inputs.isEmpty {
            core.handle(inputs.removeFirst())
            while let effect = core.nextEffect() { carryOut(effect) }
        }
    }

    private func carryOut(_ effect: Effect) {
        switch effect {
        case .send(let stanza): if isServerUp { sent.append(stanza) }
        case .query(let iq, _, let tag): post(.answered(tag, isServerUp ? iq.result() : nil))
        case .fence(let batch): post(.fenced(batch: batch, isServerUp))
        case .open(let account): open(account)
        case .recall(let values): adapter.recall(values)
        case .perform(let account, let request): table.open[account]?.perform(request)
        case .close(let account, let reason): table.open.removeValue(forKey: account)?.close(reason: reason) {}
        case .consoleAnswer: break
        case .storageAnswer(let token, let answer): storageCallbacks.removeValue(forKey: token)?(answer)
        case .found(let token, let finding): searches.removeValue(forKey: token)?(finding)
        case .commit(let change, let tag):
            let replies = replies
            registry.submit(change) { result in replies.waiting.withLock { $0.append(.committed(tag, result)) } }
        case .load(let user):
            reads.append { $0.readUser(gateway: "gw.test", user: user) { [done = $1] in done(.loaded(user, $0)) } }
        case .read(let query, let tag): reads.append { $0.readAny(query) { [done = $1] in done(.read(tag, $0)) } }
        case .askProgram(_, let tag): post(.read(tag, .success([String]())))
        case .timer(let tag, let wait): timers.append((tag, clock.now.advanced(by: wait)))
        case .later(let tag): post(.timer(tag))
        case .checkpoint(let checkpoint): if isServerUp { post(.reached(checkpoint)) }
        case .pause(let account): table.open[account]?.pause()
        case .resume(let account): table.open[account]?.resume()
        case .log: break
        }
    }

    private func find(_ value: UniqueValue, done: @escaping (AccountFinder.Finding) -> Void) {
        let token = SearchToken(searches.count + 1)
        searches[token] = done
        post(.wanted(value, token))
    }

    private func keepCallback(_ onAnswer: @escaping (EventSink.StorageAnswer) -> Void) -> StorageToken {
        let token = StorageToken(storageCallbacks.count + 1)
        storageCallbacks[token] = onAnswer
        return token
    }

    private func open(_ account: Account) {
        let id = account.id
        let sink = EventSink { [unowned self] event, onAnswer in
            post(.event(id, event, token: onAnswer.map(keepCallback)))
        }
        table.open[id] = adapter.open(account, events: sink)
    }

    var messages: [Message] { sent.compactMap { if case .message(let message) = $0 { message } else { nil } } }
    var presences: [Presence] { sent.compactMap { if case .presence(let presence) = $0 { presence } else { nil } } }
    var iqs: [IQ] { sent.compactMap { if case .iq(let iq) = $0 { iq } else { nil } } }
}
