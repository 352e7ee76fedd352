import ServerRig
import Testing

extension People {
    @Test("the welcome text of a network is shown once, from the network's address", arguments: Plan.Network.allCases)
    func greeting(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let service = meeting.deployment.address(of: network)
        let welcome = try await meeting.alice.expect("the welcome text") {
            $0.name == "message" && $0.from == service && $0.body?.contains("hello") == true
        }
        #expect(welcome.body?.hasPrefix("Message of the day of \(network.rawValue):\n") == true)
        try await meeting.alice.fence(service)
        let surplus = meeting.alice.stanzas.present { $0.from == service && $0.body?.contains("hello") == true }
        #expect(surplus.isEmpty)
        try await meeting.end()
    }

    @Test(
        "a wrong line of the protocol is answered in words, with those of the server", arguments: Plan.Network.allCases)
    func refusedLine(network: Plan.Network) async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")
        let service = deployment.address(of: network)
        #expect(try await alice.ask("BLURB a b", at: service).contains("BLURB"))
        #expect(try await alice.ask("VERSION\nQUIT", at: service).contains("one command in each message"))
        #expect(try await alice.ask("/blurb", at: service).contains("/blurb"))
        let id = try alice.chat("OPER nobody wrong", to: service)
        try await alice.expectError("message", id: id, from: service)
        alice.stanzas.clear()
        try alice.chat("MOTD", to: service)
        try await alice.expect("the welcome text") { $0.from == service && $0.body?.contains("hello") == true }
    }

    @Test("a notice of an operator of the network reaches the user from the network's address")
    func wordsOfTheServer() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        try await meeting.anna.ask("OPER root secret", answer: "381")
        let service = meeting.deployment.address(of: .ngircd)
        // Only those who ask for WALLOPS get them.
        try meeting.alice.chat("MODE \(meeting.nick) +w", to: service)
        try meeting.alice.chat("VERSION", to: service)
        try await meeting.alice.expect("the answer to the last line") {
            $0.from == service && $0.body?.contains("ngIRCd-") == true
        }
        try meeting.anna.send("WALLOPS :tea is getting cold")
        try await meeting.alice.expect("the words") {
            $0.from == service && $0.body?.contains("getting cold") == true
        }
        try await meeting.end()
    }

    @Test("what a user is connected to is told and ended by commands", arguments: Plan.Network.allCases)
    func connectionCommands(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let (alice, deployment) = (meeting.alice, meeting.deployment)
        func execute(_ node: String, at address: String, _ inner: String = "", session: String = "") async throws
            -> XMLNode?
        {
            try await alice.query(
                "set", to: address,
                "<command xmlns='http://jabber.org/protocol/commands' node='\(node)'\(session)>\(inner)</command>"
            ).child("command")
        }
        let info = try await execute("get-irc-connection-info", at: deployment.address(of: network))
        let words = info?.all("note").map(\.text).joined() ?? ""
        #expect(words.contains(meeting.nick) && words.contains(meeting.channel), "\(words)")

        let form = try await execute("disconnect-from-irc-server", at: deployment.irc)
        let id = try #require(form?["sessionid"])
        let choice = """
            <x xmlns='jabber:x:data' type='submit'><field var='irc-servers'><value>\(network.rawValue)</value></field>\
            <field var='quit-message'><value>time for tea</value></field></x>
            """
        let done = try await execute(
            "disconnect-from-irc-server", at: deployment.irc, choice, session: " sessionid='\(id)'")
        #expect(done?["status"] == "completed")
        let quit = try await meeting.anna.expect("alice to quit") { $0.command == "QUIT" && $0.source == meeting.nick }
        #expect(quit.last.contains("time for tea"))
        try await alice.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
        try await meeting.end()
    }

    @Test("the settings of a network are used from the next connection on: nick, names, commands")
    func networkSettings() async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: .inspircd)
        let channel = deployment.unique("#harbour")
        try await anna.join(channel)
        let alice = try await deployment.user("alice")
        let nick = deployment.unique("Skipper")
        let settings = [
            "nick": nick, "realname": "Alice of the Harbour", "username": "skip",
            "after_connect_commands": "PRIVMSG \(anna.nick) :I am on board\nMODE \(nick) +B",
        ]
        #expect(try await alice.register(with: deployment.address(of: .inspircd), form: settings).type == "result")

        let room = deployment.address(channel, on: .inspircd)
        let entry = try await alice.join(room, as: "somebody")

        #expect(entry.own?.occupant == nick && Set(entry.own?.statusCodes ?? []) == ["110", "210"])
        try await anna.expectMessage("I am on board", from: nick, to: anna.nick)
        let who = try await anna.ask("WHOIS \(nick)", answer: "311")
        #expect(who.last == "Alice of the Harbour" && who[2].hasSuffix("skip"))
        anna.disconnect()
        try await alice.disconnect()
    }

    @Test("a user who comes back from away is back on IRC", arguments: Plan.Network.allCases)
    func backFromAway(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let own = meeting.room + "/" + meeting.nick
        for (payload, isAway) in [("<show>dnd</show><status>busy</status>", true), ("", false)] {
            try meeting.alice.send("<presence to='\(own)'>\(payload)</presence>")
            try await poll("alice to be \(isAway ? "away" : "back")") {
                let answer = try await meeting.anna.ask("WHOIS \(meeting.nick)", answer: "301", "318")
                meeting.anna.lines.clear()
                return (answer.command == "301") == isAway ? () : nil
            }
        }
        try await meeting.end()
    }
}
