import ServerRig
import Testing

extension Continuity {
    @Test("a message to a quiet room or person does not wait for all lines to a busy one")
    func fairFlood() async throws {
        var plan = Plan(networks: [.ngircd])
        plan.networkKeys = ", flood: {burst: 4, per-second: 2}"
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
            let quiet = deployment.unique("#quiet")
            try await meeting.anna.join(quiet)
            try await meeting.alice.join(deployment.address(quiet, on: .ngircd), as: meeting.nick)

            for number in 1...20 { try meeting.alice.say("line \(number)", in: meeting.room) }
            try meeting.alice.say("the other room", in: deployment.address(quiet, on: .ngircd))
            try meeting.alice.chat("the person", to: deployment.address(meeting.anna.nick, on: .ngircd))

            let lines = try await meeting.anna.lines.sequence("all lines", within: .seconds(60)) {
                $0.command == "PRIVMSG"
            } through: {
                $0.last == "line 20"
            }
            .map(\.last)
            let busy = lines.filter { $0.hasPrefix("line") }
            #expect(busy == (1...20).map { "line \($0)" })
            for text in ["the other room", "the person"] {
                #expect(try #require(lines.firstIndex(of: text)) < 14)
            }
            try await meeting.end()
        }
    }
}
