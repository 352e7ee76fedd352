import GatewayCore
import GatewayKit
import Testing

/// The rules of a chat network with live delivery, for tests of rooms. Localparts are `#room%net`, `nick%net` and
/// `net`.
struct LiveRules: NetworkRules {
    static let network = NetworkID("net")
    var networks = [network, NetworkID("other")]
    var description = AdapterDescription(
        id: "live", name: "Chat", gatewayIdentity: .init("conference", "text"), peerIdentity: .init("client", "pc"),
        roomIdentity: .init("conference", "text"), registration: .optional, delivery: .live, sessions: .onDemand,
        loginForm: [
            FormField("nick", label: "Nick"), FormField("password", label: "Password", kind: .secret),
            FormField("pin", label: "Pin of the network", kind: .secret, isForOneNetwork: true),
            FormField("greetings", label: "Greetings", kind: .lines),
            FormField("colour", label: "Colour", options: ["red", "blue"]),
        ],
        loginInstructions: "Choose a nick.", promptDescription: "Enter a nick.", promptLabel: "Nick")

    func address(localpart: String) throws(AddressError) -> Address {
        let parts = localpart.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard !parts.contains("") else { throw AddressError(.malformed, "An address is name%network.") }
        guard let last = parts.last, networks.contains(NetworkID(last)) else {
            throw AddressError(.unknownNetwork, "There is no network of that name.")
        }
        let network = NetworkID(last)
        guard parts.count == 2 else { return .network(network) }
        guard parts[0] != "#" else { throw AddressError(.malformed, "A room has a name.") }
        return parts[0].hasPrefix("#")
            ? .room(RoomAddress(network: network, name: parts[0]))
            : .peer(PeerAddress(network: network, name: parts[0]))
    }

    func localpart(of address: Address) -> String {
        switch address {
        case .network(let network): network.rawValue
        case .peer(let peer): "\(peer.name)%\(peer.network)"
        case .room(let room): "\(room.name)%\(room.network)"
        }
    }

    /// A name with a `*` is a pattern.
    func pattern(localpart: String) -> PeerAddress? {
        guard localpart.contains("*"), case .peer(let peer)? = try? address(localpart: localpart) else { return nil }
        return peer
    }

    /// Whether a person can type a network, or an address with one.
    var typedNetworks = false

    func normalize(_ typed: String) throws(AddressError) -> Address {
        if typedNetworks, typed.contains("%") || networks.contains(NetworkID(typed)) {
            return try address(localpart: typed)
        }
        return try address(localpart: "\(typed)%net")
    }

    func examples(on network: NetworkID) -> [Address] {
        [
            .room(RoomAddress(network: network, name: "#quay")), .peer(PeerAddress(network: network, name: "nick")),
        ]
    }

    func check(login values: [String: String]) throws(Failure) -> [String: String] { values }
    func network(for settings: [String: String]) -> NetworkID? { nil }
}

extension Scene {
    static let room = RoomAddress(network: LiveRules.network, name: "#harbour")

    /// A scene on the live network, without a limit of stanzas per second. `change` changes the limits.
    ///
    /// - Parameter commands: whether the network takes commands that people type.
    static func live(
        commands: Bool = false, _ change: (inout CoreSettings.Limits) -> Void = { _ in }
    ) throws -> Scene {
        var limits = CoreSettings.Limits()
        limits.stanzasPerSecond = 0
        limits.joinsPerMinute = 0
        change(&limits)
        var rules = LiveRules()
        rules.description.takesCommands = commands
        return try Scene(rules, limits: limits)
    }

    static func occupant(_ nick: String, _ rank: Rank = .none) -> Occupant {
        Occupant(nick: nick, rank: rank, address: PeerAddress(network: LiveRules.network, name: nick.lowercased()))
    }

    /// Sends the join presence of a resource to the room `#harbour%net`.
    func join(_ member: String = "anna@home.test/a", nick: String = "anna", password: String? = nil) throws {
        let key = password.map { "<password>\($0)</password>" } ?? ""
        try receive(
            from: member,
            "<presence to='#harbour%net@gw.test/\(nick)'><x xmlns='http://jabber.org/protocol/muc'>\(key)</x></presence>"
        )
    }

    /// A scene with anna in the room, together with Bob, who is an operator.
    static func inRoom(topic: Topic? = nil, commands: Bool = false) throws -> Scene {
        let scene = try live(commands: commands)
        try scene.join()
        scene.joined(topic: topic)
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        scene.prove()
        scene.forget()
        return scene
    }

    /// Lets the network report that anna has entered the room, where Bob is an operator.
    func joined(nick: String = "anna", topic: Topic? = nil) {
        let everyone = [Scene.occupant(nick), Scene.occupant("Bob", .operator)]
        event(.room(Scene.room, .joined(JoinedRoom(nick: nick, occupants: everyone, topic: topic))), network: "net")
    }
}
