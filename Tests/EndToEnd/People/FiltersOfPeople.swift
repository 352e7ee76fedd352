import ServerRig
import Testing

extension People {
    /// A filter against messages, as a mode of its owner.
    struct Filter: Sendable, CustomTestStringConvertible {
        let network: Plan.Network
        let mode: String
        let error: String
        var testDescription: String { "\(mode) on \(network.rawValue)" }
    }

    // ngIRCd's refusals (486, 493) name the person only within the text.
    static let filters = [
        Filter(network: .ngircd, mode: "+b", error: "auth/registration-required"),
        Filter(network: .ngircd, mode: "+C", error: "auth/forbidden"),
        Filter(network: .inspircd, mode: "+g", error: "auth/forbidden"),
    ]

    @Test("a private message that the person's filter refuses comes back as an error with its id", arguments: filters)
    func filtered(filter: Filter) async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: filter.network)
        try await anna.ask("MODE \(anna.nick) \(filter.mode)", answer: "MODE")
        let alice = try await deployment.user("alice")
        let peer = deployment.address(anna.nick, on: filter.network)

        let id = try alice.chat("hello?", to: peer)

        let refusal = try await alice.expectError("message", id: id, from: peer)
        #expect(refusal.error == filter.error)
        #expect(refusal.errorText?.isEmpty == false)
        try await anna.fence()
        #expect(anna.lines.present { $0.command == "PRIVMSG" }.isEmpty)
        anna.disconnect()
    }
}
