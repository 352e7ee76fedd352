import ServerRig
import Testing

extension Continuity {
    /// Contents of a message that both servers pass on. `isBroken` says whether the content breaks the rules of
    /// namespaces after a server has passed it on.
    private static let hostile: [(content: String, isBroken: Bool)] = [
        ("<a xmlns='%'/>", false),
        ("<a xmlns='a b'/>", false),
        ("<a xmlns:p='http://[x'/>", false),
        ("<p:a xmlns:p='http://[x' p:b='1'/>", false),
        ("<a xmlns='&quot;&apos;&lt;&amp;'/>", false),
        ("<a xmlns='a\tb'/>", false),
        ("<a xmlns='a\nb'/>", false),
        ("<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:id='1 2' xml:space='x' xml:lang='!'/>", false),
        ("<a xmlns=''><stream:a/></a>", false),
        ("<a b='&#10;&#13;'>\u{85}\u{7F}&#13;]]&gt;</a>", false),
        ("<xml:a/>", true),
        ("<xml:a xml:b='1'><b/></xml:a>", true),
    ]

    @Test(
        "no stanza of a hostile user ends the stream or delays answers to others",
        arguments: [Plan.Home.prosody, .ejabberd])
    func hostileUser(home: Plan.Home) async throws {
        var plan = Plan(networks: [.ngircd])
        plan.home = home
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
            let bystander = try await deployment.user("bystander")
            for (number, stanza) in Self.hostile.enumerated() {
                let stranger = deployment.address("x", on: .ngircd)
                try meeting.alice.send("<message to='\(stranger)' id='to-\(number)'>\(stanza.content)</message>")
                try meeting.alice.send(
                    "<message type='groupchat' to='\(meeting.room)' id='in-\(number)'>"
                        + "<body>hello \(number)\(stanza.content)</body>\(stanza.content)</message>")
                try await Self.expectPong(to: bystander, from: deployment.irc)
                if stanza.isBroken {
                    for (id, entity) in [("to", stranger), ("in", meeting.room)] {
                        let answer = try await meeting.alice.expectError(
                            "message", id: "\(id)-\(number)", from: entity)
                        #expect(answer.error == "modify/bad-request")
                    }
                } else {
                    try await meeting.anna.expectMessage("hello \(number)", from: meeting.nick, to: meeting.channel)
                    try await meeting.alice.expectSaid("hello \(number)", by: meeting.nick, in: meeting.room)
                }
            }
            try await Self.sendTooMuch(meeting)
            try await Self.expectPong(to: bystander, from: deployment.irc)
            try await meeting.alice.fence(deployment.irc)

            let log = deployment.martlet.log.split(separator: "\n").filter { $0.contains(deployment.irc) }
            #expect(log.filter { $0.contains("connected") && $0.contains("component=") }.count == 1)
            #expect(!log.contains { $0.contains("is gone") })
            try await meeting.end()
        }
    }

    /// Sends a message whose thread id is huge, but within the server's limit for users. The reflection leaves it out.
    private static func sendTooMuch(_ meeting: Meeting) async throws {
        let quotes = String(repeating: "'", count: 150_000)
        try meeting.alice.send(
            "<message type='groupchat' to='\(meeting.room)' id='much'>"
                + "<body>much</body><thread>\(quotes)</thread></message>")
        try await meeting.anna.expectMessage("much", from: meeting.nick, to: meeting.channel)
        let reflection = try await meeting.alice.expect("the reflection") { $0.name == "message" && $0.id == "much" }
        #expect(reflection.body == "much" && reflection.child("thread") == nil)
    }

    private static func expectPong(to user: XMPPUser, from entity: String) async throws {
        let answer = try await user.query("get", to: entity, "<ping xmlns='urn:xmpp:ping'/>")
        #expect(answer.type == "result")
    }
}
