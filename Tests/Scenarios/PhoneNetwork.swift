import GatewayKit

/// A telephone network in memory, with stored delivery. It records the messages that it has taken.
final class PhoneNetwork: Adapter {
    /// How the network treats a message: takes it, fails it for now, or takes it without an outcome.
    enum Behaviour { case takes, isDown, neverAnswers }

    let rules: any NetworkRules = PhoneRules()
    var behaviour = Behaviour.takes
    /// The messages that the network has taken, in order. No message may be in it twice.
    private(set) var taken: [(id: RequestID, text: String)] = []
    fileprivate var sinks: [String: EventSink] = [:]

    private var finder: AccountFinder?

    func start(_ finder: AccountFinder) {
        self.finder = finder
        sinks = [:]
    }

    func open(_ account: Account, events: EventSink) -> any AdapterSession {
        let number = account.settings["phone"] ?? ""
        sinks[number] = events
        return Session(network: self, number: number, events: events)
    }

    /// Reports to the session of `number` that a message has been delivered. `onAnswer` gets the core's answer.
    func report(_ id: RequestID, to number: String, onAnswer: @escaping (EventSink.StorageAnswer) -> Void) {
        emit(.outcome(id, .delivered), to: number, onAnswer)
    }

    /// Sends a message to `number`. `onAnswer` gets the core's answer.
    func write(
        _ text: String, id: String, from: String, to number: String,
        onAnswer: @escaping (EventSink.StorageAnswer) -> Void
    ) {
        let peer = PeerAddress(network: PhoneRules.network, name: from)
        emit(.message(InboundMessage(from: .peer(peer), text: text, id: MessageID(id))), to: number, onAnswer)
    }

    private func emit(_ event: Event, to number: String, _ onAnswer: @escaping (EventSink.StorageAnswer) -> Void) {
        if let sink = sinks[number] { return sink.emit(event, onAnswer: onAnswer) }
        finder?.find(UniqueValue("phone", number)) { [self] _ in sinks[number]?.emit(event, onAnswer: onAnswer) }
    }

    private final class Session: AdapterSession {
        unowned let network: PhoneNetwork
        let number: String
        let events: EventSink

        init(network: PhoneNetwork, number: String, events: EventSink) {
            self.network = network
            self.number = number
            self.events = events
            CapabilityTable(peers: Capabilities([.text: .full, .deliveryReport: .full])).announce(to: events)
        }

        func perform(_ request: Request) {
            guard case .send(.text(let text), to: _) = request.action else {
                return events.emit(.outcome(request.id, .failed(Failure(.unsupported, "Not on a phone."))))
            }
            switch network.behaviour {
            case .isDown:
                events.emit(.outcome(request.id, .failed(Failure(.remoteDown, "away", retry: .after(.seconds(1))))))
            case .takes:
                network.taken.append((request.id, text.body))
                events.emit(.outcome(request.id, .accepted(as: nil)))
            case .neverAnswers: network.taken.append((request.id, text.body))
            }
        }

        func pause() {}
        func resume() {}

        func close(reason: String, done: @escaping () -> Void) {
            network.sinks[number] = nil
            done()
        }
    }
}

/// The rules of `PhoneNetwork`: addresses are numbers in international form.
struct PhoneRules: NetworkRules {
    static let network = NetworkID("phone")
    let networks = [network]
    let description = AdapterDescription(
        id: "phone", name: "Phone", gatewayIdentity: .init("gateway", "phone"), peerIdentity: .init("client", "phone"),
        roomIdentity: nil, registration: .required, delivery: .stored, sessions: .withUser,
        loginForm: [FormField("phone", label: "Number", required: true, unique: true)],
        loginInstructions: "Your number?", promptDescription: "Whom?", promptLabel: "Number")

    func address(localpart: String) throws(AddressError) -> Address {
        guard let number = E164(localpart) else { throw AddressError(.malformed, "A number starts with +.") }
        return .peer(PeerAddress(network: Self.network, name: number.rawValue))
    }

    func localpart(of address: Address) -> String {
        if case .peer(let peer) = address { peer.name } else { "" }
    }

    func normalize(_ typed: String) throws(AddressError) -> Address { try address(localpart: typed) }
    func check(login values: [String: String]) throws(Failure) -> [String: String] { values }
    func network(for settings: [String: String]) -> NetworkID? { Self.network }
}
