import ServerRig
import Testing

extension Telephony {
    @Test(
        "an SMS from a phone reaches the user, and the answer goes back",
        arguments: ["is it <raining> & cold?", "Prší? 🌧"])
    func conversation(question: String) async throws {
        let number = question.hasPrefix("is") ? "+12025550110" : "+12025550114"
        let alice = try await Subscriber.registered(number: number, in: Stage.deployment)
        let phones = try alice.deployment.phoneSide.phones

        try phones.send(question, from: "+12025550184", to: alice.number)
        let message = try await alice.user.expectChat(
            question, from: alice.address("+12025550184"), within: .patience)
        #expect(message.type == "chat")
        try alice.user.chat("not at all", to: alice.address("+12025550184"))
        try await phones.expect("not at all", from: alice.number, to: "+12025550184")
    }

    @Test("an SMS to a number without a user is delivered to nobody")
    func numberOfNobody() async throws {
        let alice = try await Subscriber.registered(number: "+12025550111", in: Stage.deployment)
        let nobody = Subscriber(deployment: alice.deployment, user: alice.user, number: "+12025550199")

        _ = try await nobody.webhook(from: "+12025550184", text: "anybody?", id: "nobody-1")

        #expect(try await alice.webhook(from: "+12025550184", text: "fence", id: "nobody-2").status == 200)
        try await alice.user.expectChat("fence", from: alice.address("+12025550184"))
        #expect(alice.user.stanzas.present { $0.body == "anybody?" }.isEmpty)
    }
}
