import ServerRig
import Testing

extension Continuity {
    @Test("flood control holds the lines of a user to the configured rate, and loses none")
    func floodControl() async throws {
        var plan = Plan(networks: [.ngircd])
        plan.networkKeys = ", flood: {burst: 2, per-second: 4}"
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
            let start = ContinuousClock.now
            let texts = (1...10).map { "wave \($0)" }
            let ids = try texts.map { try meeting.alice.say($0, in: meeting.room) }
            for text in texts { try await meeting.anna.expectMessage(text, from: meeting.nick, to: meeting.channel) }
            // Eight of the lines have to wait for a quarter of a second each.
            #expect(start.duration(to: .now) >= .milliseconds(1_900))
            for (text, id) in zip(texts, ids) {
                #expect(try await meeting.alice.expectSaid(text, by: meeting.nick, in: meeting.room).id == id)
            }
        }
    }

    @Test("a network in another encoding is read and written in it", arguments: Plan.Network.allCases)
    func encoding(network: Plan.Network) async throws {
        var plan = Plan(networks: [network])
        plan.networkKeys = ", encoding: koi8-r, encoding-out: same"
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: network, in: deployment)
            // "Да" in KOI8-R.
            try meeting.anna.send(bytes: Array("PRIVMSG \(meeting.channel) :".utf8) + [0xE4, 0xC1])
            try await meeting.alice.expectSaid("Да", by: meeting.anna.nick, in: meeting.room)

            let bob = try await meeting.enter("bob")
            let id = try meeting.alice.say("Да, да", in: meeting.room)
            #expect(try await meeting.alice.expectSaid("Да, да", by: meeting.nick, in: meeting.room).id == id)
            try await bob.expectSaid("Да, да", by: meeting.nick, in: meeting.room)
            // Read as UTF-8, the bytes E4 C1 2C 20 C4 C1 have no letters.
            let raw = try await meeting.anna.expect("the bytes") {
                $0.command == "PRIVMSG" && $0.source == meeting.nick
            }
            #expect(raw.last.contains(", ") && !raw.last.contains("Да") && raw.last.contains("\u{FFFD}"))
        }
    }

    @Test(
        "a program that is told to end right behind the handshake, or while it waits for it, ends with exit code 0",
        arguments: ["connection", "open"])
    func shutdownBehindHandshake(moment: String) async throws {
        let folder = try RigFolder()
        defer { folder.remove() }
        let server = try ComponentServer(domain: "irc.example.org", logs: folder.logs)
        let martlet = try Martlet(
            """
            registry: \(folder.path)/registry.sqlite
            access: {allow: [example.org]}
            gateways:
              irc.example.org:
                server: 127.0.0.1:\(server.port)
                secret: abc
                adapter: irc
                irc: {networks: {libera: {}}}

            """, webhookPort: 0, in: folder)
        try await martlet.daemon.start()
        _ = try await server.events.first("the \(moment)", within: .patience) { $0 == moment }

        let end = await martlet.daemon.stop()

        #expect(end == .exited(0), "\(martlet.log)")
    }
}
