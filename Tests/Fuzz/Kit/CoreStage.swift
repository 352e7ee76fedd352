import Basics
import GatewayCore
import GatewayKit
import GatewayTesting
import Registry
import XML
import XMPP

/// A gateway's core for the fuzzer. Registry, XMPP server and adapter sessions are scripted by the input. It checks the
/// rules for everything that the core sends.
final class CoreStage {
    private let core: Core
    private let surroundings = Surroundings()
    private var inputs: [Input] = []
    private var timers = ManualClock<TimerTag>()
    private var queries: [QueryTag] = []
    private var store = StoreModel()
    /// The requests without an outcome, oldest first.
    private(set) var requests: [(account: AccountID, id: RequestID)] = []
    /// The accepted requests of a network with delivery `stored`. A delivery report may still follow.
    private(set) var accepted: [(account: AccountID, id: RequestID)] = []
    private(set) var opened: [AccountID] = []
    private var paused: Set<AccountID> = []
    private(set) var isLinkOpen = true
    private var answers: [String: Int] = [:]
    private var asked: [String: IQ] = [:]
    private var count = 0
    private var lastToken = 0
    private var openTokens: Set<StorageToken> = []
    var isRegistryBroken = false

    private final class Surroundings {
        var now = Timestamp(secondsSince1970: 1_767_268_800)
        var ids = CountedIDs()
    }

    init(_ rules: any NetworkRules, domain: JID) {
        let surroundings = surroundings
        core = Core(
            settings: CoreSettings(
                domain: domain, allows: { $0.domain != "stranger.test" }, version: "1",
                occupantKey: OccupantKey(secret: Secret("test"))),
            rules: rules,
            world: World(now: { surroundings.now }, newID: { surroundings.ids.next() }, count: { _ in }))
        post(.started(GatewaySnapshot()))
        post(.linkOpened)
    }

    /// Gives the core a stanza of a user. An IQ gets a new id, so that its answer can be recognised.
    func receive(_ element: Element) {
        guard isLinkOpen else { return }
        var element = element
        if element[attribute: "from"] == nil { element[attribute: "from"] = "anna@home.test/a" }
        count += 1
        if element.name == "iq" { element[attribute: "id"] = "asked-\(count)" }
        guard let stanza = try? Stanza(element), stanza.head.from != nil, stanza.head.to?.domain == "gw.test" else {
            return
        }
        if case .iq(let iq) = stanza, let id = iq.head.id, iq.type == .get || iq.type == .set { asked[id] = iq }
        post(.stanza(stanza))
    }

    func emit(_ event: Event, of account: AccountID, isDurable: Bool = false) {
        guard isDurable else { return post(.event(account, event, token: nil)) }
        lastToken += 1
        let token = StorageToken(lastToken)
        openTokens.insert(token)
        post(.event(account, event, token: token))
    }

    func accept(_ index: Int) {
        guard !requests.isEmpty else { return }
        let (account, id) = requests.remove(at: index % requests.count)
        accepted.append((account, id))
        emit(.outcome(id, .accepted(as: MessageID("m-\(id)"))), of: account)
    }

    func fail(_ index: Int, _ failure: Failure) {
        guard !requests.isEmpty else { return }
        let (account, id) = requests.remove(at: index % requests.count)
        emit(.outcome(id, .failed(failure)), of: account)
    }

    func report(_ index: Int, isDelivered: Bool) {
        guard !accepted.isEmpty else { return }
        let (account, id) = accepted[index % accepted.count]
        emit(
            isDelivered ? .outcome(id, .delivered) : .outcome(id, .failed(Failure(.unreachable, "off"))), of: account,
            isDurable: true)
    }

    func setLink(open: Bool) {
        guard open != isLinkOpen else { return }
        isLinkOpen = open
        post(open ? .linkOpened : .linkClosed)
    }

    func overflow() {
        guard isLinkOpen, let user = try? JID("anna@home.test"), let domain = try? JID("gw.test") else { return }
        post(.streamRefused(.presence(Presence(StanzaHead(to: user, from: domain)))))
    }

    func answerQueries(isAlive: Bool) {
        let waiting = queries
        queries = []
        for tag in waiting { post(.answered(tag, isAlive ? IQ(StanzaHead(), type: .result) : nil)) }
    }

    func pass(_ time: Duration) {
        let end = timers.now.advanced(by: time)
        var ended = 0
        while let tag = timers.nextDue(until: end) {
            surroundings.now = timers.now
            ended += 1
            require(ended < 5000, "timers without end")
            post(.timer(tag))
        }
        surroundings.now = end
    }

    /// Ends everything that is open, and checks that every IQ has its answer.
    func finish() {
        isRegistryBroken = false
        setLink(open: true)
        answerQueries(isAlive: true)
        while !requests.isEmpty { fail(0, Failure(.remoteDown, "over")) }
        pass(.seconds(60))
        for (id, iq) in asked { require(answers[id] == 1, "\(answers[id] ?? 0) answers to \(iq)") }
        require(openTokens.isEmpty, "events of the network that were neither taken nor refused: \(openTokens)")
    }

    private func post(_ input: Input) {
        inputs.append(input)
        guard inputs.count == 1 else { return }
        var handled = 0
        while let next = inputs.first {
            handled += 1
            require(handled < 20_000, "effects without end")
            core.handle(next)
            while let effect = core.nextEffect() { carryOut(effect) }
            inputs.removeFirst()
        }
    }

    private func carryOut(_ effect: Effect) {
        switch effect {
        case .send(let stanza): check(stanza)
        case .query(var iq, _, let tag):
            // The link to the server gives an id to a request without one.
            iq.head.id = iq.head.id ?? "query"
            check(.iq(iq))
            queries.append(tag)
        case .fence(let batch): inputs.append(.fenced(batch: batch, isLinkOpen))
        case .open(let account):
            require(!opened.contains(account.id), "opened twice: \(account.id)")
            opened.append(account.id)
            let capabilities = Capabilities([
                .text: .full, .action: .fallback, .topic: .full, .kick: .full, .nickChange: .full,
                .deliveryReport: .full,
            ])
            for scope in [CapabilityScope.network, .peers, .rooms] {
                inputs.append(.event(account.id, .state(.capabilities(scope, capabilities)), token: nil))
            }
        case .load(let user):
            inputs.append(
                .loaded(user, isRegistryBroken ? .failure(.unavailable("full")) : .success(store.record(of: user))))
        case .found, .recall: break
        case .read(let query, let tag):
            let answer = store.answer(query).map { Result<any Sendable, RegistryError>.success($0) }
            inputs.append(
                .read(tag, isRegistryBroken ? .failure(.unavailable("full")) : answer ?? .failure(.unavailable("?"))))
        case .perform(let account, let request):
            require(opened.contains(account), "a request to a session that is not open: \(request)")
            requests.append((account, request.id))
        case .close(let account, _):
            opened.removeAll { $0 == account }
            paused.remove(account)
            for (_, id) in requests.filter({ $0.account == account }) {
                inputs.append(.event(account, .outcome(id, .failed(Failure(.remoteDown, "closed"))), token: nil))
            }
            requests.removeAll { $0.account == account }
        case .consoleAnswer: break
        case .storageAnswer(let token, _):
            require(openTokens.remove(token) != nil, "taken twice: \(token)")
        case .commit(let change, let tag): inputs.append(.committed(tag, apply(change)))
        case .timer(let tag, let wait): timers.schedule(tag, after: wait)
        case .later(let tag): timers.schedule(tag, after: .zero)
        case .askProgram(_, let tag): inputs.append(.read(tag, .success([String]())))
        case .checkpoint(let checkpoint): if isLinkOpen { inputs.append(.reached(checkpoint)) }
        case .pause(let account): require(paused.insert(account).inserted, "paused twice: \(account)")
        case .resume(let account): require(paused.remove(account) != nil, "resumed, but not paused: \(account)")
        case .log: break
        }
    }

    private func check(_ stanza: Stanza) {
        let head = stanza.head
        require(head.from?.domain == "gw.test", "sent in a strange name: \(stanza)")
        require(head.to != nil, "sent to nobody: \(stanza)")
        let text = stanza.element.xml(defaultNamespace: Stanza.namespace)
        let again = (try? Element(parsing: text, defaultNamespace: Stanza.namespace)).flatMap { try? Stanza($0) }
        require(again?.head.to == head.to && again?.head.from == head.from, "sent, but not readable: \(text)")
        guard case .iq(let iq) = stanza, iq.type == .result || iq.type == .error, let id = iq.head.id else { return }
        answers[id, default: 0] += 1
        let question = asked[id]
        require(question?.head.from == head.to && question?.head.to == head.from, "an answer to nothing: \(iq)")
        require(answers[id] == 1, "answered twice: \(iq)")
    }
}

extension CoreStage {
    private func apply(_ change: Change) -> Result<ChangeReply, RegistryError> {
        if isRegistryBroken { return .failure(.unavailable("full")) }
        return store.refusal(of: change).map { .failure($0) } ?? .success(store.apply(change))
    }
}
