import ServerRig
import Testing

extension AccountsOnProsody {
    @Test("the gateway says goodbye to a client that says goodbye to it")
    func farewells() async throws { try await expectFarewell() }
}

extension AccountsOnEjabberd {
    @Test("the gateway says goodbye to a client that says goodbye to it")
    func farewells() async throws { try await expectFarewell() }
}

private func expectFarewell() async throws {
    let alice = try await Subscriber.seen(number: "+12025550215")
    try alice.user.send("<presence type='unavailable' to='\(alice.deployment.sms)'/>")
    try await alice.user.expect("the gateway's goodbye") {
        $0.name == "presence" && $0.from == "\(alice.deployment.sms)/sms" && $0.type == "unavailable"
    }
}
