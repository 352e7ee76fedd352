import ServerRig

/// A channel with two people: anna, who has made it on IRC and is its operator, and alice, who has joined it from
/// XMPP.
struct Meeting {
    let deployment: Deployment
    let network: Plan.Network
    let channel: String
    let anna: IRCUser
    let alice: XMPPUser
    /// The stanzas that alice was sent when she entered.
    let entry: RoomEntry

    /// The channel's address on XMPP.
    var room: String { deployment.address(channel, on: network) }
    /// Alice's name in the channel.
    var nick: String { alice.account.name }

    static func begin(on network: Plan.Network, in deployment: Deployment) async throws -> Meeting {
        let channel = deployment.unique("#harbour")
        let anna = try await deployment.ircUser("anna", on: network)
        try await anna.join(channel)
        let alice = try await deployment.user("alice")
        let entry = try await alice.join(deployment.address(channel, on: network), as: alice.account.name)
        try await anna.expect("\(alice.account.name) to join") {
            $0.command == "JOIN" && $0.source == alice.account.name
        }
        return Meeting(
            deployment: deployment, network: network, channel: channel, anna: anna, alice: alice, entry: entry)
    }

    /// Lets one more person from XMPP enter the room.
    func enter(_ name: String) async throws -> XMPPUser {
        let user = try await deployment.user(name)
        try await user.join(room, as: user.account.name)
        try await anna.expect("\(user.account.name) to join") {
            $0.command == "JOIN" && $0.source == user.account.name
        }
        return user
    }

    /// Lets everybody leave.
    func end() async throws {
        anna.disconnect()
        try await alice.disconnect()
    }
}
