import ServerRig
import Testing

extension Streams {
    @Test("when the first of two servers is killed, the second takes over at once, with everyone's presence")
    func failOver() async throws {
        try await Stage.with(Self.twins) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let phone = alice.address("+12025550184")
            try alice.user.send("<presence type='subscribe' to='\(phone)'/>")
            try await alice.user.expectAvailable(phone)
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
            let twin = try deployment.twin

            await deployment.home.daemon.crash()
            try await alice.user.awaitOffline()
            try await deployment.martlet.awaitLog(
                "127.0.0.1:\(deployment.home.componentPort(for: "sms"))",
                "next is 127.0.0.1:\(twin.componentPort(for: "sms"))")
            for gateway in ["irc", "sms"] {
                try await deployment.martlet.awaitLog(
                    "connected", "\(gateway).example.org", "127.0.0.1:\(twin.componentPort(for: gateway))",
                    within: .seconds(5))
            }

            let there = try await deployment.arrival(of: alice.user, at: twin)
            try await there.expectAvailable(phone)
            try await there.expectAvailable(deployment.sms)
            try await deployment.expectConversation(of: there, with: phone, as: alice.number)
            try await Self.expectTalk(in: meeting, at: twin)

            // And back again.
            try await deployment.home.daemon.start()
            await twin.daemon.crash()
            try await there.awaitOffline()
            let back = try await deployment.arrival(of: alice.user, at: deployment.home)
            try await back.expectAvailable(phone)
            try await deployment.expectConversation(of: back, with: phone, as: alice.number)
        }
    }

    @Test("a text that comes while both servers are away is on disk, and is delivered at the one that comes first")
    func textWhileBothAreAway() async throws {
        try await Stage.with(Self.twins) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let phone = alice.address("+12025550184")
            let twin = try deployment.twin
            await twin.daemon.stop()
            await deployment.home.daemon.crash()
            try await alice.user.awaitOffline()

            let answer = try await alice.webhook(from: "+12025550184", text: "are you up?", id: "away-1")
            #expect(answer.status == 200)
            await deployment.martlet.daemon.crash()
            try await deployment.martlet.daemon.start()
            try await twin.daemon.start()

            let there = try await deployment.arrival(of: alice.user, at: twin)
            let message = try await there.expectChat("are you up?", from: phone, within: .seconds(60))
            #expect(message.child("delay", "urn:xmpp:delay") != nil)
            try await there.fence(deployment.sms)
            #expect(there.stanzas.present { $0.body == "are you up?" }.isEmpty)
        }
    }

    @Test("a wrong secret at the first server is told with its address, and the second server is used")
    func wrongSecretAtOneServer() async throws {
        let deployment = try await Deployment(Self.twins)
        let twin = try deployment.twin
        // The first server has read the old secret. The second one and Martlet read the new one.
        try deployment.replaceSecret(of: "irc")
        try await twin.daemon.restart()

        try await deployment.martlet.daemon.start()
        let line = try await deployment.martlet.awaitLog("irc.example.org", "refuses the handshake")
        #expect(line.contains("127.0.0.1:\(deployment.home.componentPort(for: "irc"))"))
        #expect(line.contains("gateways.irc.example.org.secret"))
        #expect(line.contains("next is 127.0.0.1:\(twin.componentPort(for: "irc"))"))
        try await deployment.martlet.awaitLog(
            "connected", "irc.example.org", "127.0.0.1:\(twin.componentPort(for: "irc"))", within: .seconds(5))
        await deployment.stop()
    }

    private static var twins: Plan {
        var plan = Plan(networks: [.ngircd], hasPhones: true)
        plan.hasTwin = true
        return plan
    }

    /// The user of a room enters it again at another server, and both sides talk.
    private static func expectTalk(in meeting: Meeting, at server: any XMPPServer) async throws {
        let alice = try await meeting.deployment.arrival(of: meeting.alice, at: server)
        try await alice.join(meeting.room, as: meeting.nick)
        try alice.say("here I am", in: meeting.room)
        try await meeting.anna.expectMessage("here I am", from: meeting.nick, to: meeting.channel)
        #expect(meeting.anna.lines.present { ["JOIN", "PART", "QUIT"].contains($0.command) }.isEmpty)
        try await alice.disconnect()
    }
}

extension Deployment {
    /// The person, online with a new resource at one of the servers, which share their data.
    fileprivate func arrival(of user: XMPPUser, at server: any XMPPServer) async throws -> XMPPUser {
        let account = try await server.addAccount(user.account.name)
        let there = XMPPUser(account, resource: unique("arrival"), driver: driver)
        try await there.connect()
        return there
    }

    /// Expects texts to pass in both directions.
    fileprivate func expectConversation(of user: XMPPUser, with phone: String, as number: String) async throws {
        let phones = try phoneSide.phones
        let text = unique("ahoy")
        try user.chat(text, to: phone)
        try await phones.expect(text, from: number, to: String(phone.prefix { $0 != "@" }))
        try phones.send(text + " yourself", from: String(phone.prefix { $0 != "@" }), to: number)
        try await user.expectChat(text + " yourself", from: phone, within: .patience)
    }
}

extension XMPPUser {
    /// Expects the address to be shown as available.
    fileprivate func expectAvailable(_ address: String) async throws {
        try await expect("\(address) to be available", within: .patience) {
            $0.name == "presence" && $0.from.hasPrefix(address + "/") && $0.type.isEmpty
        }
    }
}
