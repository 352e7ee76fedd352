import ServerRig
import Testing

extension Rooms {
    @Test("a second room of a network is entered under the same nick, and status 210 says so")
    func oneNickPerNetwork() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let other = meeting.deployment.address(meeting.deployment.unique("#other"), on: .ngircd)

        let entry = try await meeting.alice.join(other, as: "captain")

        #expect(entry.own?.occupant == meeting.nick)
        #expect(Set(entry.own?.statusCodes ?? []) == ["110", "201", "210"])
        try await meeting.end()
    }
}
