import ServerRig
import Testing

extension Telephony {
    @Test("an SMS that is offered twice is delivered once")
    func duplicate() async throws {
        let alice = try await Subscriber.registered(number: "+12025550112", in: Stage.deployment)

        for _ in 1...2 {
            let answer = try await alice.webhook(from: "+12025550185", text: "once", id: "duplicate-1")
            #expect(answer.status == 200)
        }

        try await alice.user.expectChat("once", from: alice.address("+12025550185"))
        #expect(try await alice.webhook(from: "+12025550185", text: "fence", id: "duplicate-2").status == 200)
        try await alice.user.expectChat("fence", from: alice.address("+12025550185"))
        #expect(alice.user.stanzas.present { $0.body == "once" }.isEmpty)
    }

    @Test("a webhook without the right token is forbidden, and nothing is delivered")
    func wrongToken() async throws {
        let alice = try await Subscriber.registered(number: "+12025550113", in: Stage.deployment)

        let forged = try await alice.webhook(from: "+12025550186", text: "forged", id: "forged-1", token: "guess")
        #expect(forged.status == 403)

        #expect(try await alice.webhook(from: "+12025550186", text: "fence", id: "forged-2").status == 200)
        try await alice.user.expectChat("fence", from: alice.address("+12025550186"))
        #expect(alice.user.stanzas.present { $0.body == "forged" }.isEmpty)
    }

    @Test("what is no webhook is not found")
    func unknownPath() async throws {
        let deployment = try Stage.deployment

        let answer = try await HTTPExchange.get(port: deployment.martlet.webhookPort, "/nothing/here")

        #expect(answer.status == 404)
    }
}
