import ServerRig
import Testing

extension AccountsOnProsody {
    @Test("a message that a client sends again with its ids is one SMS")
    func repeatedTexts() async throws { try await expectRepeatsToBeOne() }
}

extension AccountsOnEjabberd {
    @Test("a message that a client sends again with its ids is one SMS")
    func repeatedTexts() async throws { try await expectRepeatsToBeOne() }
}

private func expectRepeatsToBeOne() async throws {
    let alice = try await Subscriber.registered(number: "+12025550211", in: Stage.deployment)
    let phone = alice.address("+12025550180")
    let id = alice.user.newID()
    let message =
        "<message type='chat' to='\(phone)' id='\(id)'><body>only once</body><origin-id xmlns='urn:xmpp:sid:0' id='\(id)'/>"
        + "</message>"
    for _ in 1...3 { try alice.user.send(message) }
    try alice.user.chat("and the next", to: phone)

    let carrier = try alice.deployment.phoneSide.carrier
    for text in ["only once", "and the next"] {
        _ = try await carrier.messages.first("the SMS \(text)", within: .patience) { $0.text == text }
    }
    #expect(carrier.messages.present { $0.text == "only once" }.isEmpty, "no further one has come")
}
