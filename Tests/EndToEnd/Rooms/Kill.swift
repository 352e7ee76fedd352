import ServerRig
import Testing

extension Rooms {
    @Test(
        "a user whom an operator of the network kills is out with 110 and 333, and may enter again",
        arguments: Plan.Network.allCases)
    func kill(network: Plan.Network) async throws { try await Self.expectKill(on: network) }

    /// Checks the end of a connection by an operator of the network.
    static func expectKill(on network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        try await meeting.anna.ask("OPER root secret", answer: "381")

        try meeting.anna.send("KILL \(meeting.nick) :enough")

        let told = try await meeting.alice.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
        #expect(Set(told.statusCodes) == ["110", "333"])
        #expect(told.child("status", "jabber:client")?.text.contains("enough") == true)
        let entry = try await meeting.alice.join(meeting.room, as: meeting.nick)
        #expect(entry.own?.statusCodes == ["110"])
        try await meeting.end()
    }
}
