import ServerRig
import Testing

extension Commands {
    @Test("a user moves to a new address, which accepts, and gets the texts to the number from then on")
    func moveAccount() async throws { try await CommandScenario.moveAccount(in: Stage.deployment, "+12025550133") }
}

extension CommandsOnEjabberd {
    @Test("a user moves to a new address, which accepts, and gets the texts to the number from then on")
    func moveAccount() async throws { try await CommandScenario.moveAccount(in: Stage.deployment, "+12025550133") }
}

extension CommandScenario {
    static func moveAccount(in deployment: Deployment, _ number: String) async throws {
        let old = try await Subscriber.registered(number: number, in: deployment)
        let new = try await deployment.user("newalice")
        let gateway = deployment.sms
        let early = try await new.ask("accept-move \(old.user.account.jid)", at: gateway)
        #expect(early.contains("has not offered to move"), "\(early)")
        _ = try await new.ask("cancel", at: gateway)
        #expect(try await old.user.ask("move \(new.account.jid)", at: gateway).contains("accept-move"))
        let done = try await new.ask("accept-move \(old.user.account.jid)", at: gateway)
        #expect(done.hasPrefix("All data of \(old.user.account.jid) belong to"), "\(done)")
        try deployment.phoneSide.phones.send("still you?", from: "+12025550185", to: number)
        try await new.expectChat("still you?", from: "+12025550185@\(gateway)", within: .patience)
        let id = try old.user.chat("me?", to: "+12025550185@\(gateway)")
        let refusal = try await old.user.expectError("message", id: id, from: "+12025550185@\(gateway)")
        #expect(refusal.error == "auth/registration-required")
    }
}
