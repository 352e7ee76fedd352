import ServerRig
import Testing

extension SASL {
    @Test("an occupant who is logged in wears a hat, and has one id under every nick")
    func occupantWithAccount() async throws {
        let holder = try await AccountHolder.begin(in: Stage.deployment)
        let (alice, owner) = (holder.alice, holder.owner)
        let channel = holder.deployment.unique("#hats")
        let room = holder.deployment.address(channel, on: .inspircd)
        try await alice.join(room, as: alice.account.name)

        try await owner.join(channel)
        let first = try await alice.expectOccupant(owner.nick, in: room)
        let other = holder.deployment.unique("other")
        try owner.send("PART \(channel)")
        try await owner.ask("NICK \(other)", answer: "NICK")
        try owner.send("JOIN \(channel)")
        let second = try await alice.expectOccupant(other, in: room)

        for presence in [first, second] {
            let hats = presence.child("hats", "urn:xmpp:hats:0")?.all("hat").compactMap { $0.attributes["title"] }
            #expect(hats == ["Registered"])
        }
        let id = first.child("occupant-id", "urn:xmpp:occupant-id:0")?.attributes["id"]
        #expect(id != nil && second.child("occupant-id", "urn:xmpp:occupant-id:0")?.attributes["id"] == id)
        try await holder.end()
    }
}
