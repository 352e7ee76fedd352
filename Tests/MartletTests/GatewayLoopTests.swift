import ComponentLink
import GatewayCore
import GatewayKit
import NIOCore
import Registry
import TemplateAdapter
import Testing
import XML
import XMPP

@testable import martlet

@Suite("A gateway's loop", .timeLimit(.minutes(5)))
struct GatewayLoopTests {
    private func rig(_ server: LoopbackServer, adjust: @escaping @Sendable (inout ComponentSettings) -> Void = { _ in })
        async throws -> LoopRig
    {
        try await LoopRig(port: server.port, adapter: { Self.echo() }, adjust: adjust)
    }

    static func echo() -> TemplateAdapter {
        let nothing = ConfigNode(.null, at: ConfigPlace(file: "", line: 1, column: 1))
        let secrets = SecretSources(environment: { _ in nil }, file: { _ in "" })
        let reader = ConfigReader(nothing, path: "", problems: ConfigProblems(), secrets: secrets)
        return TemplateAdapter(settings: TemplateSettings(reader))
    }

    private func isPing(_ element: Element) -> Bool { element.first("ping", namespace: Ping.namespace) != nil }

    /// Lets a user enter the lobby. Returns after the last stanza of the entry.
    private func enter(_ end: ServerEnd, _ user: String = "anna") async throws {
        let join = "<x xmlns='http://jabber.org/protocol/muc'/>"
        end.send("<presence from='\(user)@home.test/a' to='#lobby@gw.test/\(user)'>\(join)</presence>")
        _ = try await end.next("message") { $0.first("subject", namespace: Stanza.namespace) != nil }
    }

    @Test("a user stays in a room if the stream breaks before the user can answer the ping")
    func brokenStream() async throws {
        let server = try await LoopbackServer.start()
        let rig = try await rig(server)
        let first = try await server.open()
        try await enter(first)
        try await first.channel.close()
        for _ in 0..<3 {
            // On each new stream the gateway pings Anna. The stream breaks before she can answer.
            let end = try await server.open()
            #expect(try await end.next("iq", where: isPing)[attribute: "to"] == "anna@home.test/a")
            try await end.channel.close()
        }
        let end = try await server.open()
        let ping = try await end.next("iq", where: isPing)
        end.send("<iq type='result' id='\(ping[attribute: "id"] ?? "")' from='anna@home.test/a' to='#lobby@gw.test'/>")
        end.send(
            "<message type='groupchat' id='m' from='anna@home.test/a' to='#lobby@gw.test'><body>still here</body></message>"
        )
        // The end of the entry comes once more, with the subject, because no fence had confirmed it.
        let reflection = try await end.next("message") { $0.elements.contains { $0.name == "body" } }
        #expect(reflection[attribute: "type"] == "groupchat" && reflection[attribute: "id"] == "m")
        try await rig.stop()
        try await server.stop()
    }

    @Test("a user who answers the ping with an error is out of the room")
    func vanished() async throws {
        let server = try await LoopbackServer.start()
        let rig = try await rig(server)
        let first = try await server.open()
        try await enter(first)
        try await first.channel.close()
        let end = try await server.open()
        let ping = try await end.next("iq", where: isPing)
        let error = StanzaError(.serviceUnavailable).element.xml(defaultNamespace: Stanza.namespace)
        end.send(
            "<iq type='error' id='\(ping[attribute: "id"] ?? "")' from='anna@home.test/a' to='#lobby@gw.test'>\(error)</iq>"
        )
        end.send(
            "<message type='groupchat' id='m' from='anna@home.test/a' to='#lobby@gw.test'><body>x</body></message>")
        #expect(try await end.next("message")[attribute: "type"] == "error")
        try await rig.stop()
        try await server.stop()
    }

    @Test("a user whom the gateway cannot ping, because too many queries are pending, stays in the room")
    func notAsked() async throws {
        let server = try await LoopbackServer.start()
        let rig = try await rig(server) { $0.maxPendingQueries = 0 }
        let first = try await server.open()
        try await enter(first)
        try await first.channel.close()
        let end = try await server.open()
        // When these pings are answered, every effect of the gateway's own ping has arrived.
        for id in ["1", "2"] {
            end.send(
                "<iq type='get' id='\(id)' from='anna@home.test/a' to='#lobby@gw.test/anna'><ping xmlns='urn:xmpp:ping'/></iq>"
            )
            #expect(try await end.next("iq") { $0[attribute: "id"] == id }[attribute: "type"] == "result")
        }
        try await rig.stop()
        try await server.stop()
    }

    @Test("stanzas that a full stream refuses are sent again until all have arrived")
    func overflow() async throws {
        let server = try await LoopbackServer.start()
        let rig = try await rig(server) {
            $0.slowOutboundBytes = 400_000
            $0.maxOutboundBytes = 700_000
        }
        let end = try await server.open()
        end.send("<message type='chat' id='m' from='anna@home.test/a' to='bob@gw.test'><body>hello</body></message>")
        _ = try await end.next("message") { $0.first("body", namespace: Stanza.namespace)?.text == "hello" }
        let count = 1_000
        try await rig.onLoop { loop in
            // In one turn the loop gets more stanzas than the stream takes.
            let account = AccountID(user: UserID("anna@home.test"), network: NetworkID("echo"))
            let peer = PeerAddress(network: account.network, name: "bob")
            for number in 0..<count {
                let text = "\(number) " + String(repeating: "x", count: 1_000)
                let message = InboundMessage(from: .peer(peer), text: text)
                loop.post(.event(account, .message(message), token: nil))
            }
            #expect(loop.link?.counters.refusedWhileFull ?? 0 > 0)
        }
        var missing = Set(0..<count)
        while !missing.isEmpty {
            let message = try await end.next("message")
            let text = message.first("body", namespace: Stanza.namespace)?.text ?? ""
            if let number = Int(text.prefix { $0 != " " }) { missing.remove(number) }
        }
        try await rig.stop()
        try await server.stop()
    }

    @Test(
        "forty presences of a user with five thousand contacts delay another user's ping by a few slices only")
    func amplification() async throws {
        let server = try await LoopbackServer.start()
        let contacts = ([""] + (1..<5_000).map { "friend\($0)" }).map {
            ContactRecord(gateway: "gw.test", user: UserID("eve@home.test"), localpart: $0)
        }
        let rig = try await LoopRig(port: server.port, adapter: { Self.echo() }, contacts: contacts)
        let end = try await server.open()
        // When the stream opens, the gateway itself is the only available contact.
        _ = try await end.next("presence")
        let presence = "<presence from='eve@home.test/x' to='gw.test'/>"
        end.send(String(repeating: presence, count: 40))
        #expect(try await presencesBeforePong(end) <= 1_500)
        try await rig.stop()
        try await server.stop()
    }

    private static let many = (0..<20_000).map { number in
        let nick = "guest\(number)"
        return Occupant(nick: nick, rank: .none, address: PeerAddress(network: NetworkID("echo"), name: nick))
    }

    /// Reports the user's entry into a lobby with very many occupants.
    private static func fill(_ loop: GatewayLoop, of user: String) {
        let network = NetworkID("echo")
        let joined = JoinedRoom(nick: user, occupants: many, topic: nil)
        let room = RoomAddress(network: network, name: "#lobby")
        let account = AccountID(user: UserID("\(user)@home.test"), network: network)
        loop.post(.event(account, .room(room, .joined(joined)), token: nil))
    }

    /// Pings the gateway. Returns the number of presences that came before the answer.
    private func presencesBeforePong(_ end: ServerEnd) async throws -> Int {
        let ping = "<iq type='get' id='p' from='bea@home.test/b' to='gw.test'><ping xmlns='urn:xmpp:ping'/></iq>"
        try await end.channel.writeAndFlush(ByteBuffer(string: ping))
        var seen = 0
        while true {
            let stanza = try await end.next()
            if stanza.name == "iq", stanza[attribute: "id"] == "p" { return seen }
            if stanza.name == "presence" { seen += 1 }
        }
    }

    @Test("a ping during the entry into very large rooms is answered before half of the entry", arguments: [1, 3])
    func crowd(rooms: Int) async throws {
        let server = try await LoopbackServer.start()
        let rig = try await rig(server)
        let end = try await server.open()
        let users = (0..<rooms).map { "user\($0)" }
        for user in users { try await enter(end, user) }
        // The users enter one after the other, so that their slices take turns.
        for user in users { try await rig.onLoop { Self.fill($0, of: user) } }
        #expect(try await presencesBeforePong(end) < rooms * Self.many.count / 2)
        try await rig.stop()
        try await server.stop()
    }

    @Test("a ping is answered before half of the entry, also while other gateways on the same loop show large rooms")
    func neighbours() async throws {
        var (servers, rigs, ends): ([LoopbackServer], [LoopRig], [ServerEnd]) = ([], [], [])
        for _ in 0..<3 {
            let server = try await LoopbackServer.start()
            rigs.append(try await LoopRig(port: server.port, adapter: { Self.echo() }, beside: rigs.first))
            ends.append(try await server.open())
            servers.append(server)
            try await enter(ends[ends.count - 1])
        }
        for rig in rigs { try await rig.onLoop { Self.fill($0, of: "anna") } }
        #expect(try await presencesBeforePong(ends[0]) < Self.many.count / 2)
        for rig in rigs.reversed() { try await rig.stop() }
        for server in servers { try await server.stop() }
    }
}
