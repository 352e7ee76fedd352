import ServerRig
import Testing

extension Commands {
    @Test("a user connects again and stays in the room, and ends the connection by chat")
    func reconnect() async throws { try await CommandScenario.reconnect(in: Stage.deployment) }
}

extension CommandsOnEjabberd {
    @Test("a user connects again and stays in the room, and ends the connection by chat")
    func reconnect() async throws { try await CommandScenario.reconnect(in: Stage.deployment) }
}

extension CommandScenario {
    static func reconnect(in deployment: Deployment) async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
        let (alice, anna) = (meeting.alice, meeting.anna)
        #expect(try await alice.ask("rooms", at: deployment.irc).contains("\(meeting.room), as \(meeting.nick)"))
        let network = deployment.address(of: .ngircd)
        #expect(try await alice.ask("connection", at: network).contains("You are connected to village"))
        #expect(try await alice.ask("reconnect", at: network).contains("connects to village again"))
        try await anna.expect("alice to quit") { $0.command == "QUIT" && $0.source == meeting.nick }
        try await anna.expect("alice to join again") { $0.command == "JOIN" && $0.source == meeting.nick }
        try anna.say("there you are", to: meeting.channel)
        try await alice.expectSaid("there you are", by: anna.nick, in: meeting.room)

        #expect(try await alice.ask("disc", at: deployment.irc).contains("1. village"))
        #expect(try await alice.ask("1", at: deployment.irc).contains("Reason"))
        #expect(try await alice.ask("time for tea", at: deployment.irc) == "Disconnected from village.")
        let quit = try await anna.expect("alice to quit") { $0.command == "QUIT" && $0.source == meeting.nick }
        #expect(quit.last.contains("time for tea"))
        try await meeting.end()
    }
}
