import Foundation
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

        #expect(try await holder.values(of: "sasl_account") == [holder.account])
        #expect(try await holder.values(of: "sasl_password") == [])
        try await holder.set(["sasl_account": holder.account, "realname": "Alice"])
        try await holder.enterAsMember()
        try await holder.end()
    }

    @Test("a new certificate logs in, once NickServ knows its fingerprint")
    func certificate() async throws {
        var plan = Plan(networks: [.inspircd])
        plan.services = Plan.Services(.atheme)
        plan.tls = .trusted
        try await Stage.with(plan) { deployment in
            let holder = try await AccountHolder.begin(in: deployment)
            try await holder.set([
                "sasl_account": holder.account, "certificate": "new", "sasl_mechanism": "EXTERNAL",
            ])
            let fingerprint = try await holder.values(of: "certificate").first ?? ""
            let refusal = try await holder.refusal()
            #expect(refusal.error == "auth/not-authorized")
            #expect(refusal.errorText?.contains(fingerprint) == true)
            try await holder.order("CERT ADD \(fingerprint)", answer: fingerprint)
            try await holder.enterAsMember()
        }
    }

    @Test("the key of a new certificate signs a challenge, once NickServ knows it")
    func challenge() async throws {
        let holder = try await AccountHolder.begin(in: Stage.deployment)
        try await holder.set([
            "sasl_account": holder.account, "certificate": "new", "sasl_mechanism": "ECDSA-NIST256P-CHALLENGE",
        ])
        let refusal = try await holder.refusal()
        #expect(refusal.error == "auth/not-authorized")
        let key = try #require(refusal.errorText?.components(separatedBy: "CHALLENGE is ").last?.dropLast())

        try await holder.order("SET PUBKEY \(key)", answer: "set")

        try await holder.enterAsMember()
        try await holder.end()
    }

    @Test("a user with a password is logged in by the SASL of Anope")
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
