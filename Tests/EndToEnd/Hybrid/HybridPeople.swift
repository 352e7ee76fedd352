import ServerRig
import Testing

extension Hybrid {
    @Test("on ircd-hybrid a nick that is taken is refused with conflict, at the entry and later")
    func nickTaken() async throws {
        let meeting = try await Meeting.begin(on: .hybrid, in: Stage.deployment)
        let bob = try await meeting.deployment.user("bob")

        try bob.askToJoin(meeting.room, as: meeting.anna.nick)
        let atEntry = try await bob.expect("a refusal") { $0.type == "error" && $0.isFrom(room: meeting.room) }
        #expect(atEntry.error == "cancel/conflict")
        try meeting.alice.send("<presence to='\(meeting.room)/\(meeting.anna.nick)'/>")
        let later = try await meeting.alice.expect("a refusal") { $0.type == "error" }
        #expect(later.error == "cancel/conflict" && later.from == meeting.room + "/" + meeting.anna.nick)
        try await meeting.end()
    }

    @Test("on ircd-hybrid a user whose client is away is away, and is back with it")
    func away() async throws {
        let meeting = try await Meeting.begin(on: .hybrid, in: Stage.deployment)
        let own = meeting.room + "/" + meeting.nick
        try meeting.alice.send("<presence to='\(own)'><show>xa</show><status>at sea</status></presence>")
        try await poll("alice to be away") {
            let answer = try await meeting.anna.ask("WHOIS \(meeting.nick)", answer: "301", "318")
            return answer.command == "301" && answer.last == "at sea" ? () : nil
        }
        try meeting.alice.send("<presence to='\(own)'/>")
        try await poll("alice to be back") {
            let answer = try await meeting.anna.ask("WHOIS \(meeting.nick)", answer: "301", "318")
            meeting.anna.lines.clear()
            return answer.command == "318" ? () : nil
        }
        try await meeting.end()
    }

    @Test("on ircd-hybrid WHOIS fills the card of a person")
    func whois() async throws {
        let meeting = try await Meeting.begin(on: .hybrid, in: Stage.deployment)
        let peer = meeting.deployment.address(meeting.anna.nick, on: .hybrid)
        let answer = try await meeting.alice.query("get", to: peer, "<vCard xmlns='vcard-temp'/>")
        #expect(answer.child("vCard")?.child("NICKNAME")?.text == meeting.anna.nick)
        #expect(answer.child("vCard")?.child("DESC")?.text.contains("Real name: \(meeting.anna.nick)") == true)
        try await meeting.end()
    }

    @Test("on ircd-hybrid MONITOR tells whether a contact is there")
    func monitor() async throws { try await People.expectPresence(on: .hybrid) }

    @Test("on ircd-hybrid a private message that the person's filter (+g) refuses comes back, and any other arrives")
    func callerID() async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: .hybrid)
        let alice = try await deployment.user("alice")
        let peer = deployment.address(anna.nick, on: .hybrid)
        try await anna.ask("MODE \(anna.nick) +g", answer: "MODE")
        let id = try alice.chat("nothing", to: peer)
        let refusal = try await alice.expectError("message", id: id, from: peer)
        #expect(refusal.errorText?.contains("+g") == true)
        try await anna.fence()
        #expect(anna.lines.present { $0.command == "PRIVMSG" }.isEmpty)

        try await anna.ask("MODE \(anna.nick) -g", answer: "MODE")
        try alice.chat("psst", to: peer)
        try await anna.expectMessage("psst", from: alice.account.name, to: anna.nick)
        try anna.say("what is it?", to: alice.account.name)
        try await alice.expectChat("what is it?", from: peer)
        anna.disconnect()
    }

    @Test("on ircd-hybrid who is killed is out with 110 and 333, and may enter again")
    func kill() async throws {
        try await Rooms.expectKill(on: .hybrid)
    }
}
