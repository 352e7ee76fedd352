import ServerRig
import Testing

extension Bystanders {
    @Test("of a user who sends far too many stanzas some are refused, and no other user waits")
    func tooMuch() async throws {
        try await Stage.with(Plan(networks: [.ngircd])) { deployment in
            let eve = try await deployment.user("eve")
            let program = try await XMPPDriver(in: deployment.folder)
            let bea = XMPPUser(try await deployment.home.addAccount("bea"), resource: "desk", driver: program)
            try await bea.connect()
            for number in 0..<5_000 {
                try eve.send(
                    "<iq type='get' id='flood-\(number)' to='\(deployment.irc)'><ping xmlns='urn:xmpp:ping'/></iq>")
            }
            #expect(try await bea.slowestPing(of: deployment.irc, among: 10) < .seconds(1))
            let refusal = try await eve.expect("a refusal", within: .patience) { $0.type == "error" }
            #expect(refusal.error == "wait/policy-violation")
            #expect(refusal.errorText?.contains("100 a second") == true)
            await program.stop()
        }
    }
}
