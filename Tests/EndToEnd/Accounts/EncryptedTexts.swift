import ServerRig
import Testing

extension AccountsOnProsody {
    @Test("an encrypted message is refused in words, and its fallback text is not sent")
    func encryptedTexts() async throws { try await expectEncryptedTextsRefused() }
}

extension AccountsOnEjabberd {
    @Test("an encrypted message is refused in words, and its fallback text is not sent")
    func encryptedTexts() async throws { try await expectEncryptedTextsRefused() }
}

private func expectEncryptedTextsRefused() async throws {
    let alice = try await Subscriber.registered(number: "+12025550210", in: Stage.deployment)
    let phone = alice.address("+12025550180")
    let id = alice.user.newID()
    try alice.user.send(
        "<message type='chat' to='\(phone)' id='\(id)'><encrypted xmlns='eu.siacs.conversations.axolotl'><payload>x"
            + "</payload></encrypted><body>You received an OMEMO message</body></message>")
    let refusal = try await alice.user.expectError("message", id: id, from: phone)
    #expect(refusal.error == "modify/not-acceptable" && refusal.errorText?.contains("OMEMO") == true)

    try alice.user.chat("a plain text", to: phone)

    let carrier = try alice.deployment.phoneSide.carrier
    let first = try await carrier.messages.first("an SMS", within: .patience) { $0.from == alice.number }
    #expect(first.text == "a plain text")
}
