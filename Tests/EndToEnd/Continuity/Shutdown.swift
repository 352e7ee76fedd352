import ServerRig
import Testing

extension Continuity {
    @Test("a shutdown says goodbye on both sides and ends with code 0")
    func shutdown() async throws {
        try await Stage.with(Plan(networks: [.ngircd])) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)

            let end = await deployment.martlet.daemon.stop()

            #expect(end == .exited(0))
            let gone = try await meeting.anna.expect("\(meeting.nick) to go") {
                ["PART", "QUIT"].contains($0.command) && $0.source == meeting.nick
            }
            #expect(gone.last.isEmpty == false)
            let lost = try await meeting.alice.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
            #expect(Set(lost.statusCodes) == ["110", "332"])
            #expect(lost.child("status", "jabber:client")?.text.isEmpty == false)
        }
    }
}
