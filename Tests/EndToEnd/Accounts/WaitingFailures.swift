import ServerRig
import Testing

extension AccountsOnProsody {
    @Test("a failure waits for a client when none is there")
    func waitingFailures() async throws { try await expectFailureToWait() }
}

extension AccountsOnEjabberd {
    @Test("a failure waits for a client when none is there")
    func waitingFailures() async throws { try await expectFailureToWait() }
}

private func expectFailureToWait() async throws {
    let alice = try await Subscriber.seen(number: "+12025550213")
    let phone = alice.address("+12025550181")

    let id = try alice.user.chat("will this arrive?", to: phone)
    try await alice.user.disconnect()
    let carrier = try alice.deployment.phoneSide.carrier
    _ = try await carrier.messages.first("the SMS", within: .patience) { $0.from == alice.number }
    let tablet = try await alice.deployment.another("tablet", of: alice.user)

    try await tablet.expect("the error to \(id)", within: .patience) { $0.type == "error" && $0.id == id }
}

extension AccountsOnEjabberd {
    @Test("a person who lets the gateway see no client gets the failure in words")
    func unseenFailure() async throws {
        let alice = try await Subscriber.registered(number: "+12025550220", in: Stage.deployment)
        let phone = alice.address("+12025550181")
        let tablet = try await alice.deployment.another("tablet", of: alice.user)
        try alice.user.chat("will this arrive?", to: phone)
        try await alice.user.disconnect()
        let words = try await tablet.expect("words about the failure", within: .patience) {
            $0.name == "message" && $0.from == phone && $0.type == "chat"
        }
        #expect(words.body?.hasPrefix("A message that you sent to this address was not delivered.") == true)
    }
}
