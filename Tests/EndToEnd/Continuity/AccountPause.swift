import ServerRig
import Testing

extension Continuity {
    @Test("while Kannel refuses the password, texts wait, and /health and /metrics say so; afterwards they are sent")
    func wrongPassword() async throws {
        try await Stage.with(Plan(hasPhones: true)) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let file = "kannel-\(Kannel.phoneUser.name).secret"
            await deployment.martlet.daemon.stop()
            try deployment.folder.write("wrong\n", to: file, mode: 0o600)
            try await deployment.startMartlet()

            for text in ["one", "two"] { try alice.user.chat(text, to: alice.address("+12025550182")) }
            try await deployment.martlet.awaitLog("the provider refuses this account")
            try await deployment.martlet.awaitHealth(503)
            let health = try await deployment.martlet.health().body
            #expect(health.contains("the provider refuses the account"))
            let metrics = try await HTTPExchange.get(port: deployment.martlet.operationsPort, "/metrics").body
            #expect(
                metrics.split(separator: "\n").contains {
                    $0.hasPrefix("martlet_account_paused{") && $0.hasSuffix(" 1")
                })
            try await alice.user.fence(deployment.sms)
            #expect(alice.user.stanzas.present { $0.type == "error" }.isEmpty)

            await deployment.martlet.daemon.stop()
            try deployment.folder.write(Kannel.phoneUser.password + "\n", to: file, mode: 0o600)
            try await deployment.startMartlet()
            // The waiting time of the pause is on record, and an operator need not wait for its end.
            let ops = try await deployment.operatorUser()
            _ = try await ops.command("drain", at: deployment.sms, ["action": "send"])
            let phones = try deployment.phoneSide.phones
            for text in ["one", "two"] {
                try await phones.expect(text, from: alice.number, to: "+12025550182", within: .seconds(60))
            }
        }
    }
}
