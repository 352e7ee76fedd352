import ServerRig
import Testing

extension AccountsOnProsody {
    @Test("the gateway answers the small queries of clients")
    func smallQueries() async throws { try await expectAnswers() }
}

extension AccountsOnEjabberd {
    @Test("the gateway answers the small queries of clients")
    func smallQueries() async throws { try await expectAnswers() }
}

private func expectAnswers() async throws {
    let alice = try await Stage.deployment.user("alice")
    let deployment = try Stage.deployment
    let queries = [
        "<query xmlns='jabber:iq:last'/>", "<query xmlns='jabber:iq:version'/>", "<time xmlns='urn:xmpp:time'/>",
        "<ping xmlns='urn:xmpp:ping'/>", "<query xmlns='http://jabber.org/protocol/disco#items'/>",
    ]
    for query in queries {
        let answer = try await alice.query("get", to: deployment.irc, query)
        #expect(answer.type == "result", "\(query): \(answer)")
    }
    let unknown = try await alice.query("get", to: deployment.irc, "<query xmlns='urn:example:unknown'/>")
    #expect(unknown.error == "cancel/service-unavailable")
    let info = try await alice.info(of: deployment.irc)
    #expect("\(info)".contains("xmpp:ops@example.org"), "the addresses of the operator (XEP-0157)")
}
