import GatewayKit

/// The addresses and the login form of the network. Nothing here needs a connection.
struct TemplateRules: NetworkRules {
    static let network = NetworkID("echo")

    let networks = [network]

    let description = AdapterDescription(
        id: "template", name: "Echo",
        gatewayIdentity: .init("gateway", "echo"), peerIdentity: .init("client", "bot"),
        roomIdentity: .init("conference", "text"),
        registration: .optional, delivery: .live, sessions: .onDemand,
        loginForm: [FormField("nick", label: "Your name on the network")],
        loginInstructions: "Choose the name that others see.",
        promptDescription: "Enter the name of a person or of a room: bob, or #lobby.", promptLabel: "Name")

    /// Reads a localpart. The network itself has none, a room is a `#` and a word, and a peer is a word.
    func address(localpart: String) throws(AddressError) -> Address {
        let name = localpart.lowercased()
        if name.isEmpty { return .network(Self.network) }
        if Self.isWord(name) { return .peer(PeerAddress(network: Self.network, name: name)) }
        if name.hasPrefix("#"), Self.isWord(name.dropFirst()) {
            return .room(RoomAddress(network: Self.network, name: name))
        }
        throw AddressError(.malformed, "Names here are words of letters and digits: bob, or #lobby for a room.")
    }

    func localpart(of address: Address) -> String {
        switch address {
        case .network: ""
        case .peer(let peer): peer.name
        case .room(let room): room.name
        }
    }

    /// Reads an address that a person typed. Spaces are ignored.
    func normalize(_ typed: String) throws(AddressError) -> Address {
        let name = typed.split(whereSeparator: \.isWhitespace).joined()
        if name.isEmpty { throw AddressError(.malformed, "Type a name, such as bob.") }
        return try address(localpart: name)
    }

    /// Checks the fields of the login form, and returns those to keep.
    func check(login values: [String: String]) throws(Failure) -> [String: String] {
        guard let nick = values["nick"], !nick.isEmpty else { return [:] }
        try Self.check(nick: nick)
        return ["nick": nick]
    }

    func network(for settings: [String: String]) -> NetworkID? { Self.network }

    /// Throws if a nick is not valid or is taken. A nick may have capitals, but is compared in lower case.
    static func check(nick: String) throws(Failure) {
        let folded = nick.lowercased()
        guard isWord(folded) else {
            throw Failure(.malformedAddress, "A name is a word of at most 63 letters and digits.")
        }
        guard folded != "echo" else { throw Failure(.conflict, "That name is taken.") }
    }

    /// Whether a text is a lower-case name: 1 to 63 lower-case ASCII letters and digits.
    static func isWord(_ text: some StringProtocol) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }
}
