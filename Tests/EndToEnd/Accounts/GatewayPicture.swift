import ServerRig
import Testing

extension AccountsOnProsody {
    @Test("the gateway has a picture and a name")
    func gatewayPicture() async throws { try await expectPicture() }
}

extension AccountsOnEjabberd {
    @Test("the gateway has a picture and a name")
    func gatewayPicture() async throws { try await expectPicture() }
}

private func expectPicture() async throws {
    let alice = try await Subscriber.seen(number: "+12025550217")
    for gateway in [alice.deployment.sms, alice.deployment.irc] {
        let card = try await alice.user.query("get", to: gateway, "<vCard xmlns='vcard-temp'/>")
        #expect(card.child("vCard")?.child("PHOTO")?.child("BINVAL")?.text.isEmpty == false)
        #expect(card.child("vCard")?.child("FN")?.text.hasSuffix("gateway") == true)
        let data = try await alice.user.query(
            "get", to: gateway,
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'/></pubsub>")
        #expect(data.type == "result")
    }
}
