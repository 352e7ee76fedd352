import ServerRig
import Testing

extension Commands {
    @Test("a suspended user is refused with the reason until an operator readmits the user")
    func suspension() async throws { try await CommandScenario.suspension(in: Stage.deployment, "+12025550134") }
}

extension CommandsOnEjabberd {
    @Test("a suspended user is refused with the reason until an operator readmits the user")
    func suspension() async throws { try await CommandScenario.suspension(in: Stage.deployment, "+12025550134") }
}

extension CommandScenario {
    static func suspension(in deployment: Deployment, _ number: String) async throws {
        let alice = try await Subscriber.registered(number: number, in: deployment)
        let ops = try await deployment.operatorUser()
        let gateway = deployment.sms
        let jid = alice.user.account.jid
        let hidden = try await alice.user.execute("ban", at: gateway)
        #expect(hidden.error == "auth/forbidden")
        let done = try await ops.command(
            "http://jabber.org/protocol/admin#disable-user", at: gateway, ["accountjids": jid, "reason": "spam"])
        #expect(done.words == "Suspended: \(jid).")
        let id = try alice.user.chat("hello", to: alice.address("+12025550186"))
        let refusal = try await alice.user.expectError("message", id: id, from: alice.address("+12025550186"))
        #expect(refusal.error == "auth/forbidden" && refusal.errorText?.contains("Reason: spam") == true)
        #expect(try await ops.ask("readmit \(jid)", at: gateway) == "Readmitted: \(jid).")
        try alice.user.chat("hello again", to: alice.address("+12025550186"))
        try await deployment.phoneSide.phones.expect("hello again", from: number, to: "+12025550186")
        let acts = try await ops.command("acts", at: gateway).values.joined(separator: " ")
        #expect(acts.contains("suspend") && acts.contains("accountjids=\(jid), reason=spam"), "\(acts)")
    }
}
