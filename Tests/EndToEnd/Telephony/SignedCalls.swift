import ServerRig
import Testing

extension Telephony {
    @Test("a signed call is delivered; a captured, changed, late or forged one is forbidden, and nothing comes of it")
    func signedCalls() async throws {
        let deployment = try Stage.deployment
        let alice = try await Subscriber.registered(number: Numbers.ofSigner, in: deployment)
        let phone = "+12025550187"
        func status(_ call: SignedCall) async throws -> Int {
            try await HTTPExchange.send(call.request, to: deployment.martlet.webhookPort).status
        }
        let call = SignedCall(domain: deployment.sms, from: phone, text: "signed", id: "101")
        #expect(try await status(call) == 200)
        try await alice.user.expectChat("signed", from: alice.address(phone))

        #expect(try await status(call) == 403)
        let wrong = [
            SignedCall(
                domain: deployment.sms, from: phone, text: "signed", id: "102",
                forged: { $0.replacing("signed", with: "forged") }),
            SignedCall(domain: deployment.sms, from: phone, text: "forged", id: "103", key: "guess"),
            SignedCall(domain: deployment.sms, from: phone, text: "forged", id: "104", time: 1_700_000_000),
        ]
        for call in wrong { #expect(try await status(call) == 403) }

        #expect(try await status(SignedCall(domain: deployment.sms, from: phone, text: "fence", id: "105")) == 200)
        try await alice.user.expectChat("fence", from: alice.address(phone))
        #expect(alice.user.stanzas.present { $0.body == "forged" || $0.body == "signed" }.isEmpty)
    }
}
