import ServerRig
import Testing

extension Commands {
    @Test("an operator finds users, announces, looks at queues and counters, and sets the level of the log")
    func overview() async throws { try await CommandScenario.overview(in: Stage.deployment, "+12025550135") }
}

extension CommandsOnEjabberd {
    @Test("an operator finds users, announces, looks at queues and counters, and sets the level of the log")
    func overview() async throws { try await CommandScenario.overview(in: Stage.deployment, "+12025550135") }
}

extension CommandScenario {
    static func overview(in deployment: Deployment, _ number: String) async throws {
        let alice = try await Subscriber.registered(number: number, in: deployment)
        let ops = try await deployment.operatorUser()
        let gateway = deployment.sms
        let found = try await ops.command("users", at: gateway, ["text": alice.user.account.jid]).values
        #expect(found.prefix(2) == [alice.user.account.jid, "registered"], "\(found)")
        let text = "Maintenance at noon for \(alice.user.account.name)"
        let sent = try await ops.command(
            "http://jabber.org/protocol/admin#announce", at: gateway, ["announcement": text, "audience": "all"])
        #expect(sent.words.contains("to all users"))
        try await alice.user.expectChat(text, from: gateway)
        // Messages of other tests may wait.
        let queues = try await ops.command("queues", at: gateway).words
        #expect(queues == "No message waits." || queues == "Messages that wait:")
        try alice.user.chat("one to be counted", to: alice.address("+12025550181"))
        try await deployment.phoneSide.phones.expect("one to be counted", from: number, to: "+12025550181")
        #expect(try await ops.command("metrics", at: gateway).words.contains("martlet_"))
        #expect(try await ops.ask("log-level warning", at: gateway).contains("warning until the next start"))
        #expect(try await ops.ask("log-level configured", at: gateway).contains("levels of the configuration"))
    }
}
