import GatewayKit

/// A simulated chat network for tests. It greets each account, and its adapter keeps one value.
final class ChatNetwork: Adapter {
    static let network = NetworkID("net")
    static let room = RoomAddress(network: network, name: "#quay")

    /// The text with which the network greets accounts.
    var greeting = "Hello"
    /// The value that each session keeps under the key `k`.
    var keeps: String?
    private(set) var opened: [Account] = []
    private(set) var recalled: [[String: String]] = []
    private(set) var preferred: [[String: String]] = []

    let rules: any NetworkRules = Rules()

    func recall(_ values: [String: String]) { recalled.append(values) }

    func open(_ account: Account, events: EventSink) -> any AdapterSession {
        opened.append(account)
        let rooms = Capabilities([.join: .full, .text: .full, .preferences: .full])
        CapabilityTable(rooms: rooms).announce(to: events)
        events.emit(.state(.online(nick: "anna")))
        events.emit(.state(.greeting(greeting)))
        events.emit(.state(.keep(keeps, for: "k")))
        return Session(self, events)
    }

    private final class Session: AdapterSession {
        private let network: ChatNetwork
        private let events: EventSink

        init(_ network: ChatNetwork, _ events: EventSink) {
            self.network = network
            self.events = events
        }

        func perform(_ request: Request) {
            if case .prefer(_, let settings) = request.action { network.preferred.append(settings) }
            events.emit(.outcome(request.id, .accepted(as: nil)))
        }

        func pause() {}
        func resume() {}
        func close(reason: String, done: @escaping () -> Void) { done() }
    }

    private struct Rules: NetworkRules {
        let networks = [ChatNetwork.network]
        let description = AdapterDescription(
            id: "chat", name: "Chat", gatewayIdentity: .init("conference", "text"),
            peerIdentity: .init("client", "pc"), roomIdentity: .init("conference", "text"), registration: .optional,
            delivery: .live, sessions: .onDemand, loginForm: [], loginInstructions: "", promptDescription: "",
            promptLabel: "", roomForm: [FormField("tint", label: "Tint")])

        func address(localpart: String) throws(AddressError) -> Address {
            let parts = localpart.split(separator: "%").map(String.init)
            guard parts.last == "net" else { throw AddressError(.unknownNetwork, "There is no such network.") }
            guard parts.count == 2 else { return .network(ChatNetwork.network) }
            return parts[0].hasPrefix("#")
                ? .room(RoomAddress(network: ChatNetwork.network, name: parts[0]))
                : .peer(PeerAddress(network: ChatNetwork.network, name: parts[0]))
        }

        func localpart(of address: Address) -> String {
            switch address {
            case .network: "net"
            case .peer(let peer): "\(peer.name)%net"
            case .room(let room): "\(room.name)%net"
            }
        }

        func normalize(_ typed: String) throws(AddressError) -> Address { try address(localpart: typed) }
        func check(login values: [String: String]) throws(Failure) -> [String: String] { values }
        func network(for settings: [String: String]) -> NetworkID? { nil }
    }
}
