import GatewayKit

/// One session on a network of its own, watched from its opening: every event is held against what the contract says
/// of all events.
final class Trial {
    let network: AdapterConformance.Network
    let session: any AdapterSession
    let sink = RecordingSink()
    let findings: ConformanceFindings
    private let account: Account
    private let secrets: [String]
    /// Whether requests of this trial hold only addresses that the rules could have given.
    private let isCanonical: Bool
    private(set) var outcomes = OutcomeCounter()
    private(set) var rooms = RoomOrder()
    private let ids = CountedIDs(prefix: "conformance")

    /// Opens a session and lets it come online.
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
        sink.events.forEach(watch)
        sink.observer = { [weak self] in self?.watch($0) }
        try await network.pump()
    }

    /// Makes a request without letting anything happen after it.
    func request(_ action: Request.Action) -> RequestID {
        let request = Request(id: RequestID(ids.next()), action: action)
        outcomes.performed(request)
        session.perform(request)
        return request.id
    }

    /// Makes a request and waits until all is quiet. The answer's outcome: `accepted` or `failed`, if there is one.
    nonisolated(nonsending) func perform(_ action: Request.Action) async throws -> Event? {
        let id = request(action)
        try await network.pump()
        let outcome = sink.outcomes(of: id).first
        findings.expect(
            outcome != nil, "every request gets one `accepted` or `failed`", "\(action.name) was never answered")
        return outcome
    }

    /// Closes the session. What is wrong with the outcomes of a whole life shows here.
    nonisolated(nonsending) func close() async throws {
        session.close(reason: "The trial is over.") {}
        try await network.pump()
        findings.expect(
            outcomes.open.isEmpty, "every request gets one `accepted` or `failed`",
            "\(outcomes.open.count) were open when the session was closed")
    }

    private func watch(_ event: Event) {
        if let problem = outcomes.received(event) {
            findings.add("every request gets one `accepted` or `failed`", problem)
        }
        if let problem = rooms.received(event) { findings.add("events of rooms fit together", problem) }
        for address in event.addresses where isCanonical { check(address) }
        if case .failed(_, let failure) = event { check(failure) }
    }

    private func check(_ address: Address) {
        let rules = network.adapter.rules
        let localpart = rules.localpart(of: address)
        findings.expect(
            address.network == account.id.network, "a session reports its own network only",
            "\(address.network), for \(HostileText.shown(localpart))")
        findings.expect(
            (try? rules.address(localpart: localpart)) == address, "addresses in events are canonical",
            "the localpart \(HostileText.shown(localpart)) means something else")
    }

    private func check(_ failure: Failure) {
        findings.expect(!failure.text.isEmpty, "a failure has words for the user", "\(failure.kind)")
        for secret in secrets where !secret.isEmpty {
            let isShown = failure.text.contains(secret) || failure.detail?.contains(secret) == true
            findings.expect(!isShown, "a failure shows no secret", "\(failure.kind)")
        }
    }
}

extension Event {
    /// Every address that the event holds.
    fileprivate var addresses: [Address] {
        switch self {
        case .accepted, .delivered, .failed, .notice, .state: []
        case .message(let message):
            switch message.origin {
            case .peer(let peer): [.peer(peer)]
            case .room(let room, _): [.room(room)]
            }
        case .joined(let room, let joined): [.room(room)] + joined.occupants.map { .peer($0.address) }
        case .occupantJoined(let room, let occupant), .occupantChanged(let room, let occupant),
            .occupantRenamed(let room, _, let occupant):
            [.room(room), .peer(occupant.address)]
        case .left(let room, _), .occupantLeft(let room, _, _), .topicChanged(let room, _):
            [.room(room)]
        }
    }
}
