import ServerRig
import Testing

extension Rooms {
    @Test(
        "an entry that creates the channel has status 201, and an empty form accepts the room as it is",
        arguments: Plan.Network.allCases)
    func createdRoom(network: Plan.Network) async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")
        let room = deployment.address(deployment.unique("#new"), on: network)

        let entry = try await alice.join(room, as: alice.account.name)

        #expect(Set(entry.own?.statusCodes ?? []) == ["110", "201"])
        #expect(entry.own?.item?["affiliation"] == "admin")
        let accept = """
            <query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query>
            """
        #expect(try await alice.query("set", to: room, accept).type == "result")
        try await alice.disconnect()
    }
}
