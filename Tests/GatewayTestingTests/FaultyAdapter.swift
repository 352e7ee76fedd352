import GatewayKit
import TemplateAdapter

/// The echo network with one fault. `nil`: as it is, with a peer that can be made to write.
final class FaultyAdapter: Adapter {
    let rules: any NetworkRules
    private let base: TemplateAdapter
    private let fault: Fault?
    private var session: FaultySession?

    init(_ fault: Fault?, settings: TemplateSettings) {
        self.fault = fault
        base = TemplateAdapter(settings: settings)
        rules = FaultyRules(base: base.rules, fault: fault)
    }

    func open(_ account: Account, events: EventSink) -> any AdapterSession {
        let session = FaultySession(fault, events: events, secret: account.settings["password"] ?? "") { sink in
            base.open(account, events: sink)
        }
        self.session = session
        return session
    }

    func write(_ text: String) { session?.hear(text) }
}

final class FaultySession: AdapterSession {
    private let fault: Fault?
    private let events: EventSink
    private let secret: String
    private var base: (any AdapterSession)?
    private var current: Request?
    private var held: Event?

    init(_ fault: Fault?, events: EventSink, secret: String, open: (EventSink) -> any AdapterSession) {
        self.fault = fault
        self.events = events
        self.secret = secret
        base = open(EventSink { [unowned self] event, _ in pass(event) })
    }

    func pause() { base?.pause() }
    func resume() { base?.resume() }

    func capabilities(for address: Address) -> Capabilities { base?.capabilities(for: address) ?? Capabilities([:]) }

    func perform(_ request: Request) {
        current = request
        defer { current = nil }
        switch (fault, request.action) {
        case (.silentOnKick, .kick): return
        case (.claimsToKick, .kick): return events.emit(.accepted(request.id, as: nil))
        case (.unknownRequest, _): events.emit(.accepted(RequestID("nobody's"), as: nil))
        case (.eventOfUnknownRoom, .setTopic(let room, _)): events.emit(.topicChanged(room, Topic(text: "x")))
        case (.deliveredFirst, .send): events.emit(.delivered(request.id))
        case (.speaksAfterDone, _) where base == nil: events.emit(.failed(request.id, Failure(.remoteDown, "Closed.")))
        default: break
        }
        base?.perform(request)
        if let held {
            events.emit(held)
            self.held = nil
        }
    }

    func close(reason: String, done: @escaping () -> Void) {
        base = nil
        if fault != .neverDone { done() }
        if fault == .doneTwice { done() }
    }

    func hear(_ text: String) {
        guard fault != .losesMessages else { return }
        events.emit(
            .message(InboundMessage(from: .peer(PeerAddress(network: NetworkID("echo"), name: "bob")), text: text)))
    }

    private func pass(_ event: Event) {
        switch (fault, event) {
        case (.wrongKindOfFailure, .failed(let id, let failure)) where failure.kind == .unsupported:
            events.emit(.failed(id, Failure(.forbidden, failure.text)))
        case (.wordlessFailure, .failed(let id, let failure)): events.emit(.failed(id, Failure(failure.kind, "")))
        case (.tellsSecret, .failed(let id, let failure)):
            events.emit(.failed(id, Failure(failure.kind, "No: " + secret)))
        case (.hidesLeave, .left): break
        case (.joinedAfterAccepted, .joined): held = event
        case (.acceptsTwice, .accepted):
            events.emit(event)
            events.emit(event)
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

struct FaultyRules: NetworkRules {
    let base: any NetworkRules
    let fault: Fault?

    /// The form has a password, so that secrets can be told.
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
