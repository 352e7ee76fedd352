import ServerRig
import Testing

extension People {
    @Test(
        "a contact on IRC is available while the network says so, and away with the person's words",
        arguments: Plan.Network.allCases)
    func presenceOfPeople(network: Plan.Network) async throws { try await Self.expectPresence(on: network) }

    /// Checks that a contact is available while the person is connected, and no longer.
    static func expectPresence(on network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let peer = meeting.deployment.address(meeting.anna.nick, on: network)
        try meeting.alice.send("<presence type='subscribe' to='\(peer)'/>")
        try await meeting.alice.expect("\(peer) to be available") {
            $0.name == "presence" && $0.from.hasPrefix(peer + "/") && $0.type.isEmpty
        }
        meeting.anna.disconnect()
        try await meeting.alice.expect("\(peer) to be unavailable") {
            $0.name == "presence" && $0.from.hasPrefix(peer + "/") && $0.type == "unavailable"
        }
        try await meeting.alice.disconnect()
    }

    @Test("a user whose client is away is away on IRC", arguments: Plan.Network.allCases)
    func ownAvailability(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let own = meeting.room + "/" + meeting.nick
        try meeting.alice.send("<presence to='\(own)'><show>away</show><status>at lunch</status></presence>")
        let shown = try await meeting.alice.expectOccupant(meeting.nick, in: meeting.room)
        #expect(shown.child("show")?.text == "away" && shown.child("status")?.text == "at lunch")
        #expect(shown.statusCodes == ["110"])
        var answer = try await meeting.anna.ask("WHOIS \(meeting.nick)", answer: "301", "318")
        for _ in 0..<20 where answer.command == "318" {
            answer = try await meeting.anna.ask("WHOIS \(meeting.nick)", answer: "301", "318")
        }
        #expect(answer.command == "301" && answer.last == "at lunch")
        try await meeting.end()
    }
}
