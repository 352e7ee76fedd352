import GatewayKit

/// One session on a new network, observed from its opening. Every event is checked against the rules that apply to all
/// events.
final class Trial {
    let network: AdapterConformance.Network
    let session: any AdapterSession
    let sink = RecordingSink()
    let findings: ConformanceFindings
    private let account: Account
    private let secrets: [String]
    /// Whether all requests of this trial have canonical addresses. Then the events must have such addresses too.
    private let isCanonical: Bool
    private(set) var outcomes = OutcomeCounter()
    private(set) var rooms = RoomOrder()
    private var announced: [CapabilityScope: Capabilities] = [:]
    private let ids = CountedIDs(prefix: "conformance")

    /// Makes a network, opens a session, and pumps until both are idle.
    nonisolated(nonsending) init(
        _ conformance: AdapterConformance, _ findings: ConformanceFindings, isCanonical: Bool = true
    ) async throws {
        self.isCanonical = isCanonical
        network = try conformance.makeNetwork()
        account = conformance.samples.account
        self.findings = findings
        let secretFields = network.adapter.rules.description.loginForm.filter { $0.kind == .secret }
        secrets = secretFields.compactMap { conformance.samples.account.settings[$0.name] }
        session = network.adapter.open(account, events: sink.sink)
        checkAnnouncement()
        for event in sink.events { watch(event, isAwaited: sink.awaited.contains(event)) }
        sink.observer = { [weak self] in self?.watch($0, isAwaited: $1) }
        try await network.pump()
    }

    /// The announced grade of the ability that a request needs.
    func grade(of action: Request.Action) -> Capabilities.Grade {
        capabilities(of: action.address)[action.ability ?? Ability("")]
    }

    /// The announced capabilities towards an address; nil stands for the network itself.
    func capabilities(of address: Address?) -> Capabilities {
        sink.capabilities.capabilities(of: address, network.adapter.rules)
    }

    /// Makes a request without pumping afterwards.
    func request(_ action: Request.Action) -> RequestID {
        let request = Request(id: RequestID(ids.next()), action: action)
        outcomes.performed(request)
        session.perform(request)
        return request.id
    }

    /// Makes a request and pumps until session and network are idle. Returns the first outcome or answer; nil if none
    /// came.
    nonisolated(nonsending) func perform(_ action: Request.Action) async throws -> Event? {
        let id = request(action)
        try await network.pump()
        let outcome = sink.outcomes(of: id).first
        findings.expect(
            outcome != nil, "every request gets one `accepted`, `answer` or `failed`",
            "\(action.name) was never answered")
        return outcome
    }

    /// Closes the session and checks that no request is left without an outcome.
    nonisolated(nonsending) func close() async throws {
        session.close(reason: "The trial is over.") {}
        try await network.pump()
        findings.expect(
            outcomes.open.isEmpty, "every request gets one `accepted`, `answer` or `failed`",
            "\(outcomes.open.count) were open when the session was closed")
    }

    /// Checks that the session announced its capabilities within `open`, before any other event.
    private func checkAnnouncement() {
        let first = sink.events.prefix { $0.isCapabilities }
        let scopes: [CapabilityScope] = first.compactMap {
            if case .state(.capabilities(let scope, _)) = $0 { scope } else { nil }
        }
        let missing = Set([.network, .peers, .rooms]).subtracting(scopes)
        findings.expect(
            missing.isEmpty, "a session announces its capabilities before anything else",
            "nothing was announced of \(missing.map { "\($0)" }.sorted())")
    }

    private func watch(_ event: Event, isAwaited: Bool) {
        if let problem = outcomes.received(event) {
            findings.add("every request gets one `accepted`, `answer` or `failed`", problem)
        }
        if let problem = rooms.received(event) { findings.add("events of rooms fit together", problem) }
        for address in event.addresses where isCanonical { check(address) }
        switch event {
        case .outcome(_, .failed(let failure)): check(failure)
        case .message(let message): check(message, isAwaited: isAwaited)
        case .state(.capabilities(let scope, let capabilities)):
            let old = announced.updateValue(capabilities, forKey: scope)
            findings.expect(old != capabilities, "capabilities are announced when they change", "\(scope) did not")
        default: break
        }
    }

    private func check(_ message: InboundMessage, isAwaited: Bool) {
        guard network.adapter.rules.isStored(message.origin.address) else { return }
        findings.expect(
            isAwaited, "a message of a stored address is emitted with `onAnswer`", "it was emitted without `onAnswer`")
        findings.expect(
            message.id != nil, "messages of a stored address have an id", "without an id, repeats cannot be recognised")
    }

    private func check(_ address: Address) {
        let rules = network.adapter.rules
        let localpart = rules.localpart(of: address)
        findings.expect(
            address.network == account.id.network, "events have addresses of the session's own network only",
            "\(address.network), for \(HostileText.shown(localpart))")
        findings.expect(
            (try? rules.address(localpart: localpart)) == address, "addresses in events are canonical",
            "the localpart \(HostileText.shown(localpart)) leads to another address")
    }

    private func check(_ failure: Failure) {
        findings.expect(!failure.text.isEmpty, "a failure has a text for the user", "\(failure.kind)")
        for secret in secrets where !secret.isEmpty {
            let isShown = failure.text.contains(secret) || failure.detail?.contains(secret) == true
            findings.expect(!isShown, "a failure shows no secret", "\(failure.kind)")
        }
    }
}

extension Event {
    /// All addresses in the event.
    fileprivate var addresses: [Address] {
        switch self {
        case .message(let message): [message.origin.address]
        case .room(let room, let event): [.room(room)] + event.peers.map { .peer($0) }
        case .peer(let peer, let event): [.peer(peer)] + event.peers.map { .peer($0) }
        case .answer(_, let answer): answer.addresses
        case .outcome, .state: []
        }
    }
}

extension RoomEvent {
    fileprivate var peers: [PeerAddress] {
        switch self {
        case .joined(let joined): joined.occupants.map(\.address)
        case .occupantJoined(let occupant), .occupantChanged(let occupant), .occupantRenamed(_, let occupant):
            [occupant.address]
        case .left, .occupantLeft, .topicChanged, .invited, .propertiesChanged: []
        }
    }
}

extension PeerEvent {
    fileprivate var peers: [PeerAddress] {
        switch self {
        case .presence: []
        case .renamed(let peer, _): [peer]
        case .profile(let profile): [profile.address]
        }
    }
}

extension Answer {
    fileprivate var addresses: [Address] {
        switch self {
        case .rooms(let page): page.items.map { .room($0.address) }
        case .members(let occupants): occupants.map { .peer($0.address) }
        case .profile(let profile): [.peer(profile.address)]
        case .history(let messages): messages.map(\.origin.address)
        case .list, .settings, .software, .echo, .time, .raw, .command: []
        }
    }
}

extension NetworkRules {
    /// Whether messages to and from an address go through the ledger.
    func isStored(_ address: Address) -> Bool { (delivery(of: address) ?? description.delivery) == .stored }
}
