import GatewayKit
import GatewayTesting
import TemplateAdapter

/// The echo network with one fault, or without a fault if it is nil. Its peer and its room send messages on command.
final class FaultyAdapter: Adapter {
    let rules: any NetworkRules
    private let base: TemplateAdapter
    private let network = EchoNetwork()
    private let fault: Fault?
    private var session: FaultySession?

    init(_ fault: Fault?, settings: TemplateSettings) {
        self.fault = fault
        base = TemplateAdapter(settings: settings, network: network)
        rules = FaultyRules(base: base.rules, fault: fault)
    }

    func open(_ account: Account, events: EventSink) -> any AdapterSession {
        let session = FaultySession(fault, events: events, secret: account.settings["password"] ?? "") { sink in
            base.open(account, events: sink)
        }
        self.session = session
        return session
    }

    /// Sends the account a message from the peer `bob`.
    func write(_ text: String) { session?.hear(text) }
    /// Sends the account a message from the room `#lobby`.
    func say(_ text: String) { session?.hear(text, in: RoomAddress(network: NetworkID("echo"), name: "#lobby")) }

    /// The number of requests that have reached the network. The faults `writesDropped` and `losesFallback` change it.
    var written: Int { network.requests + (session?.written ?? 0) }
}

/// A session of the echo network that shows the fault in its requests and events.
final class FaultySession: AdapterSession {
    private let fault: Fault?
    private let events: EventSink
    private let secret: String
    private var base: (any AdapterSession)?
    private var current: Request?
    private var held: Event?
    private(set) var written = 0

    init(_ fault: Fault?, events: EventSink, secret: String, open: (EventSink) -> any AdapterSession) {
        self.fault = fault
        self.events = events
        self.secret = secret
        base = open(EventSink { [unowned self] event, _ in pass(event) })
    }

    func pause() { base?.pause() }
    func resume() { base?.resume() }

    func perform(_ request: Request) {
        current = request
        defer { current = nil }
        switch (fault, request.action) {
        case (.silentOnKick, .room(_, .kick)): return
        case (.claimsToKick, .room(_, .kick)), (.acceptsQuestion, .ask):
            return events.emit(.outcome(request.id, .accepted(as: nil)))
        case (.unknownRequest, _): events.emit(.outcome(RequestID("nobody's"), .accepted(as: nil)))
        case (.eventOfUnknownRoom, .room(let room, .topic(_))):
            events.emit(.room(room, .topicChanged(Topic(text: "x"))))
        case (.deliveredFirst, .send): events.emit(.outcome(request.id, .delivered))
        case (.speaksAfterDone, _) where base == nil:
            events.emit(.outcome(request.id, .failed(Failure(.remoteDown, "Closed."))))
        case (.answersTwice, .ask):
            events.emit(.answer(request.id, .raw([])))
            return events.emit(.answer(request.id, .raw([])))
        case (.writesDropped, .send(.typing, to: .peer)): written += 1
        case (.losesFallback, .send(.file, to: .peer)): written -= 1
        default: break
        }
        base?.perform(request)
        releaseHeld()
    }

    private func releaseHeld() {
        if let held { events.emit(held) }
        held = nil
    }

    func close(reason: String, done: @escaping () -> Void) {
        base = nil
        if fault != .neverDone { done() }
        if fault == .doneTwice { done() }
    }

    /// Emits a message from the room, or from the peer `bob` if there is no room.
    func hear(_ text: String, in room: RoomAddress? = nil) {
        guard fault != (room == nil ? .losesMessages : .losesRoomMessages) else { return }
        let bob = PeerAddress(network: NetworkID("echo"), name: "bob")
        let origin = room.map { InboundMessage.Origin.room($0, nick: "echo") } ?? .peer(bob)
        events.emit(.message(InboundMessage(from: origin, text: text)))
    }

    private func pass(_ event: Event) {
        switch (fault, event) {
        case (.wrongKindOfFailure, .outcome(let id, .failed(let failure))) where failure.kind == .unsupported:
            events.emit(.outcome(id, .failed(Failure(.forbidden, failure.text))))
        case (.wordlessFailure, .outcome(let id, .failed(let failure))):
            events.emit(.outcome(id, .failed(Failure(failure.kind, ""))))
        case (.tellsSecret, .outcome(let id, .failed(let failure))):
            events.emit(.outcome(id, .failed(Failure(failure.kind, "No: " + secret))))
        case (.hidesLeave, .room(_, .left)): break
        case (.joinedAfterAccepted, .room(_, .joined)): held = event
        case (.acceptsTwice, .outcome(_, .accepted)), (.announcesTwice, .state(.capabilities(.peers, _))):
            events.emit(event)
            events.emit(event)
        case (.announcesLate, .state(.capabilities(.peers, _))): held = event
        case (.announcesLate, .state(.online)):
            events.emit(event)
            releaseHeld()
        case (.readsTwice, .outcome(let id, .delivered)):
            for outcome in [Outcome.delivered, .read, .read] { events.emit(.outcome(id, outcome)) }
        case (.reportsUnannounced, .state(.capabilities(.peers, let old))):
            events.emit(.state(.capabilities(.peers, old.without(.deliveryReport))))
        case (.echoesOwnWords, .message(let message)):
            guard case .room(let room, _) = message.origin else { return events.emit(event) }
            events.emit(.message(InboundMessage(from: .room(room, nick: "Alice"), text: message.text)))
        case (.foreignNetwork, .message(let message)):
            let stranger = PeerAddress(network: NetworkID("elsewhere"), name: "bob")
            events.emit(.message(InboundMessage(from: .peer(stranger), text: message.text)))
        default: events.emit(event)
        }
    }
}

/// The rules of the echo network, with the fault.
struct FaultyRules: NetworkRules {
    let base: any NetworkRules
    let fault: Fault?

    /// The description with a password in the login form, so that a fault can reveal a secret.
    var description: AdapterDescription {
        var description = base.description
        description.loginForm.append(FormField("password", label: "Password", kind: .secret))
        return description
    }

    var networks: [NetworkID] { base.networks }

    func address(localpart: String) throws(AddressError) -> Address {
        if fault == .takesAnything, localpart.contains("%") {
            return .peer(PeerAddress(network: networks[0], name: localpart))
        }
        return try base.address(localpart: localpart)
    }

    func localpart(of address: Address) -> String {
        fault == .localpartOfAnother && address.isPeer ? "somebody" : base.localpart(of: address)
    }

    func normalize(_ typed: String) throws(AddressError) -> Address { try base.normalize(typed) }

    func check(login values: [String: String]) throws(Failure) -> [String: String] {
        if fault == .keepsUnknownFields { return values }
        var kept = try base.check(login: values)
        guard let password = values["password"] else { return kept }
        let isSound = password.utf8.count < 100 && !password.utf8.contains { $0 < 0x20 }
        guard isSound || fault == .oneFormPasses else { throw Failure(.notAcceptable, "Not that password.") }
        kept["password"] = password
        return kept
    }

    func network(for settings: [String: String]) -> NetworkID? { base.network(for: settings) }
}

extension Address {
    fileprivate var isPeer: Bool { if case .peer = self { true } else { false } }
}

extension Capabilities {
    fileprivate func without(_ ability: Ability) -> Capabilities {
        let others = Ability.known.filter { $0 != ability }
        return Capabilities(Dictionary(uniqueKeysWithValues: others.map { ($0, self[$0]) }), limits: limits)
    }
}
