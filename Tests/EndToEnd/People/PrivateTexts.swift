import ServerRig
import Testing

extension People {
    @Test("a long private message is sent in pieces without loss, and comes back never")
    func longText() async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: .inspircd)
        let alice = try await deployment.user("alice")
        let words = (1...150).map { "größe\($0)🙂" }

        try alice.chat(words.joined(separator: " "), to: deployment.address(anna.nick, on: .inspircd))
        try alice.chat("end", to: deployment.address(anna.nick, on: .inspircd))

        let pieces = try await anna.lines.sequence("the pieces", within: .patience) {
            $0.command == "PRIVMSG"
        } through: {
            $0.last == "end"
        }.dropLast()
        #expect(pieces.count > 1)
        #expect(pieces.flatMap { $0.last.split(separator: " ").map(String.init) } == words)
        #expect(alice.stanzas.present { $0.type == "error" }.isEmpty)
        anna.disconnect()
    }

    @Test("each line of a private message is a message on IRC", arguments: Plan.Network.allCases)
    func severalLines(network: Plan.Network) async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: network)
        let alice = try await deployment.user("alice")
        try alice.chat("one\n\ntwo\nthree", to: deployment.address(anna.nick, on: network))
        for line in ["one", "two", "three"] {
            try await anna.expectMessage(line, from: alice.account.name, to: anna.nick)
        }
        anna.disconnect()
    }

    @Test(
        "marked words of a private message get the codes of IRC, unless the sender forbids it",
        arguments: Plan.Network.allCases)
    func codes(network: Plan.Network) async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: network)
        let alice = try await deployment.user("alice")
        let peer = deployment.address(anna.nick, on: network)
        try alice.chat("a *bold* word", to: peer)
        try await anna.expectMessage("a \u{2}*bold*\u{2} word", from: alice.account.name, to: anna.nick)
        try alice.send(
            "<message type='chat' to='\(peer)'><body>a *plain* word</body><unstyled xmlns='urn:xmpp:styling:0'/></message>"
        )
        try await anna.expectMessage("a *plain* word", from: alice.account.name, to: anna.nick)
        anna.disconnect()
    }

    @Test("two users of the gateway write to each other through the network")
    func amongUsers() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let bob = try await meeting.enter("bob")
        let address = meeting.deployment.address(meeting.nick, on: .ngircd)

        try meeting.alice.chat("psst", to: meeting.room + "/" + bob.account.name)
        try await bob.expectChat("psst", from: address)
        try bob.chat("what is it?", to: address)
        try await meeting.alice.expectChat("what is it?", from: meeting.room + "/" + bob.account.name)
        try await bob.disconnect()
        try await meeting.end()
    }

    @Test("a notice of a person is a marked message from the person")
    func noticeOfAPerson() async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: .ngircd)
        let alice = try await deployment.user("alice")
        let peer = deployment.address(anna.nick, on: .ngircd)
        try alice.chat("hello", to: peer)
        try await anna.expectMessage("hello", from: alice.account.name, to: anna.nick)
        try anna.send("NOTICE \(alice.account.name) :I am a program")
        try await alice.expectChat("[notice] I am a program", from: peer)
        anna.disconnect()
    }

    @Test(
        "a message to somebody who is away arrives, and the person's words come back", arguments: Plan.Network.allCases)
    func toAnAwayPerson(network: Plan.Network) async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: network)
        try await anna.ask("AWAY :at lunch", answer: "306")
        let alice = try await deployment.user("alice")
        try alice.chat("hello", to: deployment.address(anna.nick, on: network))
        try await anna.expectMessage("hello", from: alice.account.name, to: anna.nick)
        try await alice.expect("the words of anna") { $0.name == "message" && $0.body?.contains("at lunch") == true }
        #expect(alice.stanzas.present { $0.type == "error" }.isEmpty)
        anna.disconnect()
    }

    @Test("a conversation follows a person to a new nick", arguments: Plan.Network.allCases)
    func newNick(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let (alice, anna) = (meeting.alice, meeting.anna)
        let old = meeting.deployment.address(anna.nick, on: network)
        let nick = meeting.deployment.unique("annabel")
        let new = meeting.deployment.address(nick, on: network)
        try alice.chat("hello", to: old)
        try await anna.expectMessage("hello", from: meeting.nick, to: anna.nick)

        try anna.send("NICK \(nick)")

        let word = try await alice.expect("the new address") { $0.name == "message" && $0.from == old }
        #expect(word.body?.contains(new.replacing("%", with: "%25")) == true)
        try alice.chat("hello again", to: new)
        try await anna.expectMessage("hello again", from: meeting.nick, to: nick)
        try anna.say("hello, too", to: meeting.nick)
        try await alice.expectChat("hello, too", from: new)
        try await meeting.end()
    }
}
