import ServerRig
import Testing

extension Commands {
    @Test("a long list comes in pages that the server takes, in a chat and in the steps of a form")
    func longLists() async throws { try await CommandScenario.longLists(in: Stage.deployment, "+12025550138") }
}

extension CommandsOnEjabberd {
    @Test("a long list comes in pages that the server takes, in a chat and in the steps of a form")
    func longLists() async throws { try await CommandScenario.longLists(in: Stage.deployment, "+12025550138") }
}

extension CommandScenario {
    static func longLists(in deployment: Deployment, _ number: String) async throws {
        let alice = try await Subscriber.registered(number: number, in: deployment)
        let (user, gateway) = (alice.user, deployment.sms)
        let numbers = (0..<1_000).map { "+1202555\(1_000 + $0)" }
        let items = numbers.map { "<item jid='\(alice.address($0))'/>" }.joined()
        let block = "<block xmlns='urn:xmpp:blocking'>\(items)</block>"
        #expect(try await user.query("set", to: gateway, block).type == "result")
        let list = try await user.query("get", to: gateway, "<blocklist xmlns='urn:xmpp:blocking'/>")
        #expect(list.child("blocklist")?.all("item").count == 1_000)
        let more = "<block xmlns='urn:xmpp:blocking'><item jid='\(alice.address("+12025550188"))'/></block>"
        #expect(try await user.query("set", to: gateway, more).error == "modify/policy-violation")

        var text = try await user.ask("blocked", at: gateway)
        #expect(text.contains("Page 1 of 10. Send 'more' for the next page."))
        for _ in 0..<9 { text += "\n" + (try await user.ask("more", at: gateway)) }
        #expect(numbers.allSatisfy(text.contains))
        #expect(try await user.ask("more", at: gateway) == "There is nothing more to show.")

        var answer = try await user.execute("blocked", at: gateway)
        var rows = 0
        for _ in 0..<10 {
            let command = answer.child("command")
            rows += command?.child("x", "jabber:x:data")?.all("item").count ?? 0
            guard command?["status"] == "executing" else { break }
            answer = try await user.execute("blocked", at: gateway, session: command?["sessionid"], action: "next")
        }
        #expect(rows == 1_000)
        try await user.query("set", to: gateway, "<unblock xmlns='urn:xmpp:blocking'/>")
    }
}
