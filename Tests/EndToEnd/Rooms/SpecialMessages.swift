import ServerRig
import Testing

extension Rooms {
    @Test("a message to the operators of a channel is shown in the room, with its target")
    func messageToOperators() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        try await meeting.anna.ask("MODE \(meeting.channel) +o \(meeting.nick)", answer: "MODE")
        try meeting.anna.say("a word among us", to: "@" + meeting.channel)
        try await meeting.alice.expectSaid(
            "[@\(meeting.channel)] a word among us", by: meeting.anna.nick, in: meeting.room)
        try await meeting.end()
    }

    @Test("a channel that forbids formatting takes words with marks, because they have no codes")
    func marksWithoutCodes() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        try await meeting.anna.ask("MODE \(meeting.channel) +c", answer: "MODE")
        _ = try await meeting.alice.expect("the mode in words") {
            $0.from == meeting.room && $0.body?.contains("+c") == true
        }
        let id = try meeting.alice.say("this is *important*", in: meeting.room)
        try await meeting.anna.expectMessage("this is *important*", from: meeting.nick, to: meeting.channel)
        #expect(
            try await meeting.alice.expectSaid("this is *important*", by: meeting.nick, in: meeting.room).id == id)
        try await meeting.end()
    }

    @Test("a channel in which only people with an account may speak refuses an action, which comes back")
    func refusedAction() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        try await meeting.anna.ask("MODE \(meeting.channel) +M", answer: "MODE")
        let id = try meeting.alice.say("/me waves", in: meeting.room)
        let refusal = try await meeting.alice.expectError("message", id: id, from: meeting.room)
        #expect(refusal.error == "auth/registration-required" && refusal.errorText?.contains("+M") == true)
        try await meeting.alice.fence(meeting.deployment.irc)
        #expect(meeting.alice.stanzas.present { $0.body == "/me waves" && $0.type == "groupchat" }.isEmpty)
        try await meeting.end()
    }

    @Test("a notice to a channel is marked, and one of CTCP is not shown", arguments: Plan.Network.allCases)
    func channelNotices(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        try meeting.anna.send("NOTICE \(meeting.channel) :\u{1}VERSION irssi\u{1}")
        try meeting.anna.send("NOTICE \(meeting.channel) :beep")
        try await meeting.alice.expectSaid("[notice] beep", by: meeting.anna.nick, in: meeting.room)
        let surplus = meeting.alice.stanzas.present { $0.body?.contains("irssi") == true }
        #expect(surplus.isEmpty)
        try await meeting.end()
    }

    @Test("an invitation by somebody else is shown in the room")
    func invitationOfOthers() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        let ben = try await meeting.deployment.ircUser("ben", on: .inspircd)
        try await meeting.anna.ask("MODE \(meeting.channel) +o \(meeting.nick)", answer: "MODE")
        try meeting.anna.send("INVITE \(ben.nick) \(meeting.channel)")
        try await meeting.alice.expect("the word of the invitation") {
            $0.isFrom(room: meeting.room) && $0.body?.contains("invited \(ben.nick)") == true
        }
        ben.disconnect()
        try await meeting.end()
    }

    @Test("a direct invitation (XEP-0249) of a person on IRC is an INVITE")
    func directInvitation() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let ben = try await meeting.deployment.ircUser("ben", on: .ngircd)
        let peer = meeting.deployment.address(ben.nick, on: .ngircd)
        try meeting.alice.send(
            "<message to='\(peer)' id='direct'><x xmlns='jabber:x:conference' jid='\(meeting.room)'/></message>")
        try await ben.expect("the invitation") {
            $0.command == "INVITE" && $0.source == meeting.nick && $0.last == meeting.channel
        }
        ben.disconnect()
        try await meeting.end()
    }
}
