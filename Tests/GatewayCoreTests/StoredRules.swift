import GatewayKit

/// The rules of a telephone network with stored delivery, for tests of the ledger.
struct StoredRules: NetworkRules {
    static let network = NetworkID("phone")
    let networks = [network]
    var description = AdapterDescription(
        id: "stored", name: "Phone", gatewayIdentity: .init("gateway", "phone"), peerIdentity: .init("client", "phone"),
        roomIdentity: nil, registration: .required, delivery: .stored, sessions: .withUser,
        loginForm: [
            FormField("phone", label: "Your number", required: true, unique: true),
            FormField("password", label: "Password", kind: .secret),
        ],
        loginInstructions: "Enter your number.", promptDescription: "Enter a number.", promptLabel: "Number")

    func address(localpart: String) throws(AddressError) -> Address {
        if localpart.isEmpty { return .network(Self.network) }
        guard let number = E164(localpart) else { throw AddressError(.malformed, "A number starts with +.") }
        return .peer(PeerAddress(network: Self.network, name: number.rawValue))
    }

    /// `+1 TEXT` is a reaction to a message with this text, and `-1 TEXT` takes it back.
    func reaction(in text: String) -> TextReaction? {
        if text.hasPrefix("+1 ") { return TextReaction(to: String(text.dropFirst(3)), "👍") }
        return text.hasPrefix("-1 ") ? TextReaction(to: String(text.dropFirst(3)), nil) : nil
    }

    func localpart(of address: Address) -> String {
        if case .peer(let peer) = address { peer.name } else { "" }
    }

    func normalize(_ typed: String) throws(AddressError) -> Address {
        try address(localpart: typed.filter { !$0.isWhitespace })
    }

    func check(login values: [String: String]) throws(Failure) -> [String: String] {
        guard E164(values["phone"] ?? "") != nil else {
            throw Failure(.notAcceptable, "That is not a number.").about("phone")
        }
        return values
    }

    func network(for settings: [String: String]) -> NetworkID? { Self.network }
}
