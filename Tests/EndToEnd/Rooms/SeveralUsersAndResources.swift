import ServerRig
import Testing

extension Rooms {
    @Test("two users with three resources in one channel each see every message once")
    func severalUsersAndResources() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)
        let phone = try await meeting.deployment.another("phone", of: alice)
        try await phone.join(room, as: meeting.nick)
        let bob = try await meeting.enter("bob")

        try anna.say("all hands", to: meeting.channel)
        for user in [alice, phone, bob] { try await user.expectSaid("all hands", by: anna.nick, in: room) }
        let id = try phone.say("aye", in: room)
        for user in [alice, phone] {
            let reflection = try await user.expectSaid("aye", by: meeting.nick, in: room)
            #expect(reflection.id == id)
        }
        try await bob.expectSaid("aye", by: meeting.nick, in: room)
        try await anna.expectMessage("aye", from: meeting.nick, to: meeting.channel)

        for user in [alice, phone, bob] {
            try await user.fence(meeting.deployment.irc)
            #expect(user.stanzas.present { $0.type == "groupchat" && $0.body != nil }.isEmpty)
        }
        try await anna.fence()
        #expect(anna.lines.present { $0.command == "PRIVMSG" }.isEmpty)
        try await phone.disconnect()
        try await bob.disconnect()
        try await meeting.end()
    }
}
