import ServerRig
import Testing

extension Commands {
    @Test("each wrong step of a command has the condition of XEP-0050, and a right one still ends the command")
    func wrongSteps() async throws { try await CommandScenario.wrongSteps(in: Stage.deployment, "+12025550131") }
}

extension CommandsOnEjabberd {
    @Test("each wrong step of a command has the condition of XEP-0050, and a right one still ends the command")
    func wrongSteps() async throws { try await CommandScenario.wrongSteps(in: Stage.deployment, "+12025550131") }
}

extension CommandScenario {
    static func wrongSteps(in deployment: Deployment, _ number: String) async throws {
        let alice = try await deployment.user("alice")
        let other = try await deployment.another("sofa", of: alice)
        let gateway = deployment.sms
        let first = try await alice.execute("register", at: gateway)
        let session = try #require(first.child("command")?["sessionid"])
        let fields = ["phone": number]
        let steps: [(XMPPUser, String?, String?, String)] = [
            (alice, "unknown", nil, "bad-sessionid"), (other, session, nil, "bad-sessionid"),
            (alice, session, "frobnicate", "malformed-action"), (alice, session, "prev", "bad-action"),
            (alice, session, "next", "bad-action"),
        ]
        for (user, session, action, condition) in steps {
            let answer = try await user.execute("register", at: gateway, session: session, action: action, fields)
            let found = answer.child("error")?.child(condition, "http://jabber.org/protocol/commands")
            #expect(found != nil, "\(answer)")
        }
        let empty = try await alice.execute("register", at: gateway, session: session, [:])
        let form = empty.child("command")?.child("x", "jabber:x:data")
        let field = form?.all("field").first { $0["var"] == "phone" }
        #expect(empty.child("command")?.child("note")?["type"] == "error" && field?.child("desc") != nil, "\(empty)")
        let done = try await alice.execute("register", at: gateway, session: session, fields)
        #expect(done.child("command")?["status"] == "completed")
    }
}
