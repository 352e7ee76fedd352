import ServerRig
import Testing

extension Commands {
    @Test("a person whose client has neither forms nor commands registers by chat, and sends a text")
    func registerByChat() async throws {
        try await CommandScenario.registerByChat(in: Stage.deployment, "+12025550130")
    }
}

extension CommandsOnEjabberd {
    @Test("a person whose client has neither forms nor commands registers by chat, and sends a text")
    func registerByChat() async throws {
        try await CommandScenario.registerByChat(in: Stage.deployment, "+12025550130")
    }
}

extension CommandScenario {
    static func registerByChat(in deployment: Deployment, _ number: String) async throws {
        let alice = try await deployment.user("alice")
        let gateway = deployment.sms
        let help = try await alice.ask("help", at: gateway)
        #expect(help.contains("register: Register or change my settings"))
        #expect(help.contains("sms: a person is +15557654320@\(gateway)"))
        #expect(try await alice.ask("Hello?", at: gateway).contains("Send 'help'"))
        #expect(try await alice.ask("reg", at: gateway).hasSuffix(":"))
        let wrong = try await alice.ask("call me", at: gateway)
        #expect(wrong.contains("number"), "\(wrong)")
        #expect(try await alice.ask("cancel", at: gateway).contains("cancelled"))
        let done = try await alice.ask("register \(number)", at: gateway)
        #expect(done.hasPrefix("You are registered with \(gateway) ("), "\(done)")
        #expect(done.contains(number) && done.contains("Next: "))
        try alice.chat("ahoy", to: "+12025550183@\(gateway)")
        try await deployment.phoneSide.phones.expect("ahoy", from: number, to: "+12025550183")
    }
}
