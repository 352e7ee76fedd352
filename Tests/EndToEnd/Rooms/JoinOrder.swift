import ServerRig
import Testing

extension Rooms {
    @Test(
        "an entry shows the others, then the user's own presence with 110 alone, then the subject",
        arguments: Plan.Network.allCases)
    func joinOrder(network: Plan.Network) async throws {
        let deployment = try Stage.deployment
        let channel = deployment.unique("#order")
        let anna = try await deployment.ircUser("anna", on: network)
        let ben = try await deployment.ircUser("ben", on: network)
        try await anna.join(channel)
        try await ben.join(channel)
        let alice = try await deployment.user("alice")

        let entry = try await alice.join(deployment.address(channel, on: network), as: alice.account.name)

        let kinds = entry.sequence.map { $0.name == "message" ? "subject" : $0.statusCodes.isEmpty ? "other" : "self" }
        #expect(kinds == ["other", "other", "self", "subject"])
        #expect(Set(entry.occupants) == [anna.nick, ben.nick])
        #expect(entry.own?.occupant == alice.account.name)
        #expect(entry.own?.statusCodes == ["110"])
        #expect(entry.subject?.child("subject")?.text == "")
        let operatorItem = entry.sequence.first { $0.occupant == anna.nick }?.item
        #expect(operatorItem?["role"] == "moderator")
        #expect(operatorItem?["affiliation"] == "admin")
        #expect(entry.own?.item?["role"] == "participant")
        #expect(entry.own?.item?["affiliation"] == "none")
    }
}
