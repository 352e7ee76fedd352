import GatewayKit

/// A telephone network in memory, of delivery `stored`: what it has taken, and what it does when asked.
final class PhoneNetwork: Adapter {
    enum Behaviour { case takes, isDown, neverAnswers }

    let rules: any NetworkRules = PhoneRules()
    var behaviour = Behaviour.takes
    /// Texts handed over, in order: what must never be doubled.
    private(set) var taken: [(id: RequestID, text: String)] = []
    private var sinks: [String: EventSink] = [:]

    func open(_ account: Account, events: EventSink) -> any AdapterSession {
        sinks[account.settings["phone"] ?? ""] = events
        return Session(network: self, events: events)
    }

    /// The phone at the other end has a message of ours.
    func report(_ id: RequestID, to number: String) -> EventSink.Taken? {
        var answer: EventSink.Taken?
        sinks[number]?.emit(.outcome(id, .delivered)) { answer = $0 }
        return answer
    }

    /// Somebody writes to `number`. `taken` tells when it was acknowledged.
    func write(_ text: String, id: String, from: String, to number: String, taken: @escaping (EventSink.Taken) -> Void)
    {
        let peer = PeerAddress(network: PhoneRules.network, name: from)
        sinks[number]?.emit(.message(InboundMessage(from: .peer(peer), text: text, id: MessageID(id))), taken: taken)
    }

    private final class Session: AdapterSession {
        unowned let network: PhoneNetwork
        let events: EventSink

        init(network: PhoneNetwork, events: EventSink) {
            self.network = network
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

        func close(reason: String, done: @escaping () -> Void) { done() }
    }
}

/// Numbers in international form on one network.
struct PhoneRules: NetworkRules {
    static let network = NetworkID("phone")
    let networks = [network]
    let description = AdapterDescription(
        id: "phone", name: "Phone", gatewayIdentity: .init("gateway", "phone"), peerIdentity: .init("client", "phone"),
        roomIdentity: nil, registration: .required, delivery: .stored, sessions: .always,
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
