import ServerRig
import Testing

extension Rooms {
    /// A typed command and the line that it becomes. `CHANNEL`, `ANNA` and `BEN` stand for names.
    struct Typed: Sendable, CustomTestStringConvertible {
        let text: String
        let line: String
        var testDescription: String { text }
    }

    static let typed = [
        Typed(text: "/msg ANNA hello", line: "PRIVMSG ANNA hello"),
        Typed(text: "/notice ANNA beep", line: "NOTICE ANNA beep"),
        Typed(text: "/ctcp ANNA version", line: "PRIVMSG ANNA \u{1}VERSION\u{1}"),
        Typed(text: "/raw PRIVMSG ANNA :by hand", line: "PRIVMSG ANNA by hand"),
        Typed(text: "/quote NOTICE ANNA :by hand", line: "NOTICE ANNA by hand"),
        Typed(text: "/nick CaptainNEW", line: "NICK CaptainNEW"),
        Typed(text: "/op BEN", line: "MODE CHANNEL +o BEN"), Typed(text: "/voice BEN", line: "MODE CHANNEL +v BEN"),
        Typed(text: "/ban BEN", line: "MODE CHANNEL +b MASK"),
        Typed(text: "/kick BEN mind the rules", line: "KICK CHANNEL BEN mind the rules"),
        Typed(text: "/topic low water", line: "TOPIC CHANNEL low water"),
        Typed(text: "/part gone fishing", line: "PART CHANNEL gone fishing"),
    ]

    @Test("each typed command becomes its line, and nothing is said", arguments: typed)
    func typedCommand(command: Typed) async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let ben = try await meeting.deployment.ircUser("ben", on: .ngircd)
        try await ben.join(meeting.channel)
        try await meeting.anna.ask("MODE \(meeting.channel) +o \(meeting.nick)", answer: "MODE")
        try await ben.fence()
        try await meeting.anna.fence()
        let mask = try await "*!*" + ben.userHost(of: ben.nick).drop { $0 == "~" }
        for user in [ben, meeting.anna] { user.lines.clear() }
        func named(_ text: String) -> String {
            text.replacing("ANNA", with: meeting.anna.nick).replacing("BEN", with: ben.nick)
                .replacing("CHANNEL", with: meeting.channel).replacing("NEW", with: meeting.nick).replacing(
                    "MASK", with: mask)
        }

        try meeting.alice.say(named(command.text), in: meeting.room)

        let expected = named(command.line)
        let line = try await meeting.anna.expect(expected) {
            $0.source == meeting.nick && ([$0.command] + $0.parameters).joined(separator: " ") == expected
        }
        #expect(line.source == meeting.nick)
        try await meeting.anna.fence()
        #expect(meeting.anna.lines.present { $0.command == "PRIVMSG" && $0[0] == meeting.channel }.isEmpty)
        ben.disconnect()
        try await meeting.end()
    }

    @Test("the replies to a typed question come back to the client that has asked, and to no other")
    func typedQuestion() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        let phone = try await meeting.deployment.another("phone", of: meeting.alice)
        try await phone.join(meeting.room, as: meeting.nick)

        try meeting.alice.say("/whois \(meeting.anna.nick)", in: meeting.room)

        try await meeting.alice.expect("who anna is") {
            $0.from == meeting.room && $0.body?.contains(meeting.anna.nick) == true
        }
        try await phone.fence(meeting.deployment.irc)
        let surplus = phone.stanzas.present { $0.body?.contains(meeting.anna.nick) == true }
        #expect(surplus.isEmpty)
        try await phone.disconnect()
        try await meeting.end()
    }

    @Test(
        "a typed invitation reaches the person, and an unknown person is refused in words",
        arguments: Plan.Network.allCases)
    func typedInvitation(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let ben = try await meeting.deployment.ircUser("ben", on: network)
        try await meeting.anna.ask("MODE \(meeting.channel) +o \(meeting.nick)", answer: "MODE")

        try meeting.alice.say("/invite \(ben.nick)", in: meeting.room)
        try await ben.expect("the invitation") { $0.command == "INVITE" && $0.last == meeting.channel }
        let id = try meeting.alice.say("/invite nobody\(ben.nick)", in: meeting.room)
        let refusal = try await meeting.alice.expectError("message", id: id, from: meeting.room)
        #expect(refusal.errorText?.lowercased().contains("no such nick") == true)
        ben.disconnect()
        try await meeting.end()
    }
}
