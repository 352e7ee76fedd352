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

    @Test(
        "a path that is no webhook is not found", arguments: ["/nothing/here", "/metrics", "/health", "/sms/../health"])
    func unknownPath(path: String) async throws {
        let deployment = try Stage.deployment

        let answer = try await HTTPExchange.get(port: deployment.martlet.webhookPort, path)

        #expect(answer.status == 404)
    }

    @Test("metrics and health have a port of their own, which serves nothing else")
    func operations() async throws {
        let martlet = try Stage.deployment.martlet
        func get(_ path: String) async throws -> HTTPExchange {
            try await HTTPExchange.get(port: martlet.operationsPort, path)
        }

        #expect(try await get("/metrics").body.contains("martlet_http_connections_refused_total"))
        let health = try await get("/health")
        #expect(health.status == 200 && health.body.contains("\"registry\":{\"status\":\"ok\"}"))
        #expect(try await get("/").body.contains("<title>"), "the status page")
        for path in ["/metrics/x", "/metrics/", "/metrics/../health", "/health/%2e%2e/health", "/sms", "/x"] {
            #expect(try await get(path).status == 404, "\(path)")
        }
    }

    @Test("idle connections from another address do not delay a provider's call")
    func idleConnections() async throws {
        let alice = try await Subscriber.registered(number: "+12025550116", in: Stage.deployment)
        let crowd = try IdleConnections(1_400, from: "127.0.0.2", to: Stage.deployment.martlet.webhookPort)
        defer { crowd.close() }

        let start = ContinuousClock.now
        #expect(try await alice.webhook(from: "+12025550187", text: "through", id: "idle-1").status == 200)
        #expect(ContinuousClock.now - start < .seconds(1))
        try await alice.user.expectChat("through", from: alice.address("+12025550187"))
    }
}
