import ServerRig
import Testing

extension Commands {
    @Test("an operator gives a number to a user, who texts without registering")
    func assignedNumber() async throws {
        try await CommandScenario.assignedNumber(in: Stage.deployment, "+12025550136")
    }
}

extension CommandsOnEjabberd {
    @Test("an operator gives a number to a user, who texts without registering")
    func assignedNumber() async throws {
        try await CommandScenario.assignedNumber(in: Stage.deployment, "+12025550136")
    }
}

extension CommandScenario {
    static func assignedNumber(in deployment: Deployment, _ number: String) async throws {
        let alice = try await deployment.user("alice")
        let ops = try await deployment.operatorUser()
        let gateway = deployment.sms
        let done = try await ops.command(
            "assign", at: gateway, ["user-jid": alice.account.jid, "phone": number])
        #expect(done.words.hasPrefix("\(alice.account.jid) is registered ("), "\(done.words)")
        try await alice.expect("the news") { $0.from == gateway && $0.body?.contains(number) == true }
        try alice.chat("ahoy", to: "+12025550187@\(gateway)")
        try await deployment.phoneSide.phones.expect("ahoy", from: number, to: "+12025550187")
    }
}
