import ServerRig
import Testing

extension NickServ {
    @Test("on a network without SASL, NickServ has confirmed the login before the first channel")
    func password() async throws {
        let holder = try await AccountHolder.begin(in: Stage.deployment)
        try await holder.set(["sasl_account": holder.account, "sasl_password": AccountHolder.password])

        try await holder.enterAsMember()

        try await holder.end()
    }

    @Test("a wrong password makes the join fail with NickServ's words")
    func wrongPassword() async throws {
        let holder = try await AccountHolder.begin(in: Stage.deployment)
        try await holder.set(["sasl_account": holder.account, "sasl_password": "wrong"])

        let refusal = try await holder.refusal()

        #expect(refusal.error == "auth/not-authorized")
        #expect(refusal.errorText?.contains("Password incorrect") == true)
        try await holder.end()
    }

    @Test("a channel that refuses a user who is not logged in yet is entered after the login")
    func lateLogin() async throws {
        let holder = try await AccountHolder.begin(in: Stage.deployment)
        let command = "PRIVMSG NickServ :IDENTIFY \(holder.account) \(AccountHolder.password)"
        try await holder.set(["after_connect_commands": "MODE \(holder.alice.account.name) +i\n\(command)"])

        try await holder.enterAsMember()

        // The password is in nothing that the user was sent.
        #expect(holder.alice.stanzas.present { $0.description.contains(AccountHolder.password) }.isEmpty)
        try await holder.end()
    }
}
