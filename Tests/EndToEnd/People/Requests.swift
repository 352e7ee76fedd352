import ServerRig
import Testing

extension People {
    @Test("the gateway reports its version and answers a ping")
    func versionAndPing() async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")

        let version = try await alice.query("get", to: deployment.irc, "<query xmlns='jabber:iq:version'/>")
        #expect(version.child("query")?.child("name")?.text == "Martlet")
        #expect(version.child("query")?.child("version")?.text.isEmpty == false)
        #expect(try await alice.query("get", to: deployment.irc, "<ping xmlns='urn:xmpp:ping'/>").type == "result")
    }

    @Test("an unknown request is answered with service-unavailable", arguments: ["get", "set"])
    func unknownRequest(type: String) async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")

        for local in ["", "village@", "#harbour%village@", "anna%village@"] {
            let answer = try await alice.query(type, to: local + deployment.irc, "<query xmlns='urn:example:nothing'/>")
            #expect(answer.error == "cancel/service-unavailable", "from \(local + deployment.irc)")
        }
    }

    @Test("a self-ping to a room tells users whether they are in it")
    func selfPing() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let own = meeting.room + "/" + meeting.nick
        let ping = "<ping xmlns='urn:xmpp:ping'/>"

        #expect(try await meeting.alice.query("get", to: own, ping).type == "result")
        let stranger = try await meeting.deployment.user("carol")
        #expect(try await stranger.query("get", to: own, ping).error == "cancel/not-acceptable")
        try await meeting.end()
    }
}
