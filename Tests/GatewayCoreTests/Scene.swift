import Basics
import GatewayKit
import GatewayTesting
import Logging
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// The core of a gateway under test. The scene gives it inputs, answers its commits like a working registry, and
/// records its effects. Time moves only when the test moves it.
final class Scene {
    let core: Core
    private(set) var sent: [Stanza] = []
    private(set) var requests: [(account: AccountID, request: Request)] = []
    private(set) var opened: [Account] = []
    /// The number of messages that `newMessageID` has named. A message with the id of an earlier one counts as a repeat.
    private var messageIDs = 0
    private(set) var closed: [AccountID] = []
    /// The reasons of the closed sessions, which people on the network can read.
    private(set) var closeReasons: [String] = []
    /// The values that the adapter has got at the start.
    private(set) var recalled: [[String: String]] = []
    private(set) var changes: [Change] = []
    /// The requests of operators to the program.
    private(set) var programRequests: [ProgramRequest] = []
    private(set) var storageAnswers: [StorageToken: EventSink.StorageAnswer] = [:]
    private(set) var consoleAnswers: [ConsoleToken: Result<ConsoleAnswer, ConsoleRefusal>] = [:]
    private(set) var findings: [SearchToken: AccountFinder.Finding] = [:]
    private(set) var fences: [Int] = []
    private(set) var queries: [(IQ, QueryTag)] = []
    /// Whether clients that are asked whether they are still there (`Ledger.Asked`) answer at once, unrecorded.
    var clientsAnswer = true
    var counted: [Counted] { table.counted }
    private(set) var timers: [(tag: TimerTag, due: Timestamp)] = []
    /// If set, the registry answers every commit with this error.
    var registryFailure: RegistryError?
    /// If set, the registry answers every read with this error.
    var readFailure: RegistryError?
    /// The capabilities of every open session. A change is announced at once.
    var capabilities = Capabilities([
        .text: .full, .action: .fallback, .topic: .full, .kick: .full, .nickChange: .full, .join: .full,
    ])
    {
        didSet { for account in opened { announceCapabilities(of: account.id) } }
    }
    /// Whether users are loaded as soon as the core orders it. Otherwise the test calls `load()`.
    var loadsAtOnce = true
    /// Users whose loading the core has ordered.
    private(set) var loading: [UserID] = []
    /// Whether slices of long work are done as soon as they are ordered. Otherwise the test ends their timers.
    var doesSlicesAtOnce = true
    /// Whether the registry answers commits at once. Otherwise the test calls `answerCommits()`.
    var answersCommits = true
    private var unanswered: [(CommitTag, Change)] = []
    /// Whether the registry answers queries at once. Otherwise the test calls `answerReads()`.
    var answersReads = true
    private var unread: [(ReadTag, any StoreQuery)] = []
    /// Whether the home server reaches every checkpoint at once. Otherwise the test calls `reachCheckpoint()`.
    var reachesCheckpoints = true
    /// The number of lines with this message in the log, at any level.
    func logLines(_ message: String) -> Int { allLogged[message] ?? 0 }
    private var allLogged: [String: Int] = [:]
    /// The messages of the log at level notice and above.
    private(set) var logged: [String] = []
    private(set) var checkpoints: [Checkpoint] = []
    private(set) var paused: Set<AccountID> = []
    private let clock: Clock
    private let table: OpenTable
    var store: StoreModel
    var ledger: [RequestID: OutboundEntry] { store.ledger }

    final class Clock { var now = Timestamp(secondsSince1970: 1_767_268_800) }
    final class OpenTable { var counted: [Counted] = [] }

    init(
        _ rules: any NetworkRules, snapshot: GatewaySnapshot = GatewaySnapshot(), contacts: [ContactRecord] = [],
        online: Bool = true, limits: CoreSettings.Limits = CoreSettings.Limits(), admins: Set<String> = [],
        _ change: (inout CoreSettings) -> Void = { _ in }
    ) throws {
        let clock = Clock()
        let table = OpenTable()
        let ids = CountedIDs()
        self.clock = clock
        self.table = table
        var settings = CoreSettings(
            domain: try JID("gw.test"), allows: { $0.domain != "stranger.test" }, version: "1.2.3",
            limits: limits, isAdmin: { admins.contains($0.bare.description) },
            occupantKey: OccupantKey(secret: Secret("")))
        change(&settings)
        core = Core(
            settings: settings, rules: rules,
            world: World(now: { clock.now }, newID: { ids.next() }, count: { table.counted.append($0) }))
        store = StoreModel(snapshot, contacts: contacts)
        post(.started(snapshot))
        if online { post(.linkOpened) }
    }

    var now: Timestamp { clock.now }

    /// Sets the clock of the machine forward or back. The timers keep their remaining time.
    func setClock(by seconds: Double) {
        clock.now = Timestamp(secondsSince1970: clock.now.secondsSince1970 + seconds)
        timers = timers.map { ($0.tag, Timestamp(secondsSince1970: $0.due.secondsSince1970 + seconds)) }
    }

    /// Lets time pass and ends the timers that are due, in order.
    func advance(by duration: Duration) {
        let end = clock.now.advanced(by: duration)
        while let next = timers.indices.min(by: { timers[$0].due < timers[$1].due }), timers[next].due <= end {
            clock.now = max(clock.now, timers[next].due)
            fireTimer(at: next)
        }
        clock.now = end
    }

    /// Ends one timer now.
    func fireTimer(at index: Int) { post(.timer(timers.remove(at: index).tag)) }

    /// Gives the core an input and carries out the effects.
    func post(_ input: Input) {
        core.handle(input)
        while let effect = core.nextEffect() { carryOut(effect) }
        while doesSlicesAtOnce, let slice = timers.firstIndex(where: { $0.tag.timer == JobRunner.sliceTimer }) {
            fireTimer(at: slice)
        }
    }

    /// Lets the stream refuse the last stanza in `sent`, or another message if `sent` is empty.
    func refuseLast() throws {
        let other = Message(StanzaHead(to: try JID("anna@home.test"), from: try JID("gw.test")), type: .chat, body: "x")
        post(.streamRefused(sent.popLast() ?? .message(other)))
    }

    /// Lets the registry answer all commits that wait.
    func answerCommits() {
        let waiting = unanswered
        unanswered = []
        for (tag, change) in waiting { post(.committed(tag, apply(change))) }
    }

    /// Lets the registry answer all queries that wait.
    func answerReads() {
        let waiting = unread
        unread = []
        for (tag, query) in waiting { post(.read(tag, read(query))) }
    }

    /// Lets the home server reach the next checkpoint.
    func reachCheckpoint() {
        if !checkpoints.isEmpty { post(.reached(checkpoints.removeFirst())) }
    }

    /// Gives the core a stanza of `sender`. The XML needs no `from`.
    func receive(from sender: String, _ xml: String) throws {
        var element = try Element(parsing: xml, defaultNamespace: Stanza.namespace)
        element[attribute: "from"] = sender
        post(.stanza(try Stanza(element)))
    }

    /// Gives the core an event of a user's session.
    func event(_ event: Event, user: String = "anna@home.test", network: String, token: Int? = nil) {
        let account = AccountID(user: UserID(user), network: NetworkID(network))
        post(.event(account, event, token: token.map { StorageToken($0) }))
    }

    private func carryOut(_ effect: Effect) {
        switch effect {
        case .send(let stanza): sent.append(stanza)
        case .query(let iq, _, let tag):
            if clientsAnswer, case .note(let slip) = tag, slip.note is Ledger.Asked {
                post(.answered(tag, iq.result()))
            } else {
                queries.append((iq, tag))
            }
        case .fence(let batch): fences.append(batch)
        case .open(let account):
            opened.append(account)
            announceCapabilities(of: account.id)
        case .load(let user):
            loading.append(user)
            if loadsAtOnce { load() }
        case .read(let query, let tag):
            if answersReads { post(.read(tag, read(query))) } else { unread.append((tag, query)) }
        case .askProgram(let request, let tag):
            programRequests.append(request)
            post(.read(tag, .success(["an answer of the program"])))
        case .recall(let values): recalled.append(values)
        case .perform(let account, let request): requests.append((account, request))
        case .close(let account, let reason):
            closed.append(account)
            closeReasons.append(reason)
        case .storageAnswer(let token, let answer): storageAnswers[token] = answer
        case .found(let token, let finding): findings[token] = finding
        case .commit(let change, let tag):
            changes.append(change)
            if answersCommits { post(.committed(tag, apply(change))) } else { unanswered.append((tag, change)) }
        case .consoleAnswer(let token, let answer): consoleAnswers[token] = answer
        case .timer(let tag, let wait): timers.append((tag, clock.now.advanced(by: wait)))
        case .later(let tag): timers.append((tag, clock.now))
        case .checkpoint(let checkpoint):
            if reachesCheckpoints { post(.reached(checkpoint)) } else { checkpoints.append(checkpoint) }
        case .pause(let account): #expect(paused.insert(account).inserted, "paused twice")
        case .resume(let account): #expect(paused.remove(account) != nil, "resumed, but not paused")
        case .log(let level, let message, _):
            allLogged["\(message)", default: 0] += 1
            if level >= .notice { logged.append("\(message)") }
        }
    }

    private func apply(_ change: Change) -> Result<ChangeReply, RegistryError> {
        if let error = registryFailure ?? store.refusal(of: change) { return .failure(error) }
        return .success(store.apply(change))
    }

    private func read(_ query: any StoreQuery) -> Result<any Sendable, RegistryError> {
        if let readFailure { return .failure(readFailure) }
        return store.answer(query).map { .success($0) } ?? .failure(.unavailable("an unknown query"))
    }

    /// Lets the registry answer for all users that wait to be loaded.
    func load() {
        let waiting = loading
        loading = []
        for user in waiting {
            post(.loaded(user, readFailure.map { .failure($0) } ?? .success(store.record(of: user))))
        }
    }

    private func announceCapabilities(of account: AccountID) {
        for scope in [CapabilityScope.network, .peers, .rooms] {
            post(.event(account, .state(.capabilities(scope, capabilities)), token: nil))
        }
    }

    // MARK: Recorded effects

    /// The stanzas since the last call, as XML text.
    func takeSent() -> [String] {
        defer { sent = [] }
        return sent.map { $0.element.xml(defaultNamespace: Stanza.namespace) }
    }

    /// The requests since the last call.
    func takeRequests() -> [Request] {
        defer { requests = [] }
        return requests.map(\.request)
    }

    /// The requests since the last call, with their accounts.
    func takeAsked() -> [(account: AccountID, request: Request)] {
        defer { requests = [] }
        return requests
    }

    /// The request since the last call. Fails the test if there is not exactly one.
    func takeRequest(sourceLocation: SourceLocation = #_sourceLocation) throws -> Request {
        let taken = takeRequests()
        try #require(taken.count == 1, "requests: \(taken)", sourceLocation: sourceLocation)
        return taken[0]
    }

    /// An id that no message of this scene has had.
    func newMessageID() -> String {
        messageIDs += 1
        return "written-\(messageIDs)"
    }

    var messages: [Message] { sent.compactMap { if case .message(let message) = $0 { message } else { nil } } }
    var presences: [Presence] { sent.compactMap { if case .presence(let presence) = $0 { presence } else { nil } } }
    var iqs: [IQ] { sent.compactMap { if case .iq(let iq) = $0 { iq } else { nil } } }
    func forgetSent() { sent = [] }

    /// Forgets the recorded stanzas and requests.
    func forget() {
        sent = []
        requests = []
    }
}
