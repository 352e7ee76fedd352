import GatewayKit

/// The addresses and the login form of the loopback network.
struct LoopbackRules: NetworkRules {
    static let network = NetworkID("loopback")
    static let person = PeerAddress(network: network, name: "echo")
    static let room = RoomAddress(network: network, name: "#lobby")
    /// A number of a range that is reserved for fiction, so that nobody has it.
    static let phone = PeerAddress(network: network, name: "+12025550100")

    private static let hint = "Addresses here are echo, #lobby and numbers such as +12025550100."

    let networks = [network]

    let description = AdapterDescription(
        id: "loopback", name: "Loopback",
        gatewayIdentity: .init("gateway", "loopback"), peerIdentity: .init("client", "bot"),
        roomIdentity: .init("conference", "text"),
        registration: .optional, delivery: .live, sessions: .onDemand,
        loginForm: [FormField("nick", label: "Your name in the room")],
        loginInstructions: "Choose the name that the room shows.",
        promptDescription: "Enter echo, #lobby, or the number +12025550100.", promptLabel: "Address",
        deliveryVaries: true)

    /// Reads a localpart: nothing for the network, a number, or a name with or without `#`.
    func address(localpart: String) throws(AddressError) -> Address {
        if localpart.isEmpty { return .network(Self.network) }
        if let number = E164(localpart) { return .peer(Self.peer(number.rawValue)) }
        let name = localpart.lowercased()
        if name == Self.room.name { return .room(Self.room) }
        guard Self.isName(name) else { throw AddressError(.malformed, Self.hint) }
        return .peer(Self.peer(name))
    }

    func localpart(of address: Address) -> String {
        switch address {
        case .network: ""
        case .peer(let peer): peer.name
        case .room(let room): room.name
        }
    }

    /// Reads a typed address. People write numbers with spaces, dots and hyphens.
    func normalize(_ typed: String) throws(AddressError) -> Address {
        let text = typed.filter { !$0.isWhitespace }
        guard !text.isEmpty else { throw AddressError(.malformed, Self.hint) }
        return try address(localpart: text.hasPrefix("+") ? text.filter { !"-.()".contains($0) } : text)
    }

    func check(login values: [String: String]) throws(Failure) -> [String: String] {
        guard let nick = values["nick"], !nick.isEmpty else { return [:] }
        guard EchoRoom.isUsable(nick) else {
            throw Failure(.conflict, "A name has 1 to 63 letters and digits, and is not echo.")
        }
        return ["nick": nick]
    }

    func network(for settings: [String: String]) -> NetworkID? { Self.network }

    /// Messages to and from phones are stored, as those of an SMS gateway are.
    func delivery(of address: Address) -> Delivery? {
        if case .peer(let peer) = address, Self.isPhone(peer) { .stored } else { nil }
    }

    func examples(on network: NetworkID) -> [Address] { [.room(Self.room), .peer(Self.person)] }

    static func isPhone(_ peer: PeerAddress) -> Bool { peer.name.hasPrefix("+") }

    static func peer(_ name: String) -> PeerAddress { PeerAddress(network: network, name: name) }

    /// Whether a text is the name of a person in lower case: 1 to 63 ASCII letters and digits.
    static func isName(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) }
    }
}
