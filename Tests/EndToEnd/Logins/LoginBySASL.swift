import ServerRig
import Testing

extension SASL {
    @Test("a user with a password is logged in before the first channel", arguments: ["", "PLAIN"])
    func password(mechanism: String) async throws {
        let holder = try await AccountHolder.begin(in: Stage.deployment)
        try await holder.set([
            "sasl_account": holder.account, "sasl_password": AccountHolder.password, "sasl_mechanism": mechanism,
        ])

        try await holder.enterAsMember()

        try await holder.end()
    }

    @Test("a wrong password makes the join fail with the network's words, and the right one helps at once")
    func wrongPassword() async throws {
        let holder = try await AccountHolder.begin(in: Stage.deployment)
        try await holder.set(["sasl_account": holder.account, "sasl_password": "wrong"])

        let refusal = try await holder.refusal()

        #expect(refusal.error == "auth/not-authorized")
        #expect(refusal.errorText?.contains("SASL authentication failed") == true)
        try await holder.set(["sasl_account": holder.account, "sasl_password": AccountHolder.password])
        try await holder.enterAsMember()
        try await holder.end()
    }

    @Test("the channel refuses a user without an account")
    func noAccount() async throws {
        let holder = try await AccountHolder.begin(in: Stage.deployment)

        let refusal = try await holder.refusal()

        #expect(refusal.error == "auth/registration-required")
        try await holder.end()
    }

    @Test("the form shows no password, and keeps it if it is left empty")
    func form() async throws {
        let holder = try await AccountHolder.begin(in: Stage.deployment)
        try await holder.set(["sasl_account": holder.account, "sasl_password": AccountHolder.password])

        let answer = try await holder.alice.query("get", to: holder.network, "<query xmlns='jabber:iq:register'/>")

        let fields = answer.child("query")?.child("x")?.all("field") ?? []
        func values(_ name: String) -> [String] {
            fields.first { $0.attributes["var"] == name }?.all("value").map(\.text) ?? ["(no such field)"]
        }
        #expect(values("sasl_account") == [holder.account])
        #expect(values("sasl_password") == [])
        try await holder.set(["sasl_account": holder.account, "realname": "Alice"])
        try await holder.enterAsMember()
        try await holder.end()
    }

    @Test("Anope's SASL, too")
    func anope() async throws {
        var plan = Plan(networks: [.inspircd])
        plan.services = Plan.Services(.anope)
        try await Stage.with(plan) { deployment in
            let holder = try await AccountHolder.begin(in: deployment)
            try await holder.set(["sasl_account": holder.account, "sasl_password": AccountHolder.password])
            try await holder.enterAsMember()
        }
    }
}
