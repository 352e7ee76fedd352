import ServerRig
import Testing

extension AccountsOnProsody {
    @Test("a failure reaches another client when the one that has written is gone")
    func lateFailures() async throws { try await expectFailureAtOtherClient() }
}

extension AccountsOnEjabberd {
    @Test("a failure reaches another client when the one that has written is gone")
    func lateFailures() async throws { try await expectFailureAtOtherClient() }
}

private func expectFailureAtOtherClient() async throws {
    let alice = try await Subscriber.seen(number: "+12025550212")
    let phone = alice.address("+12025550181")
    let tablet = try await alice.deployment.another("tablet", of: alice.user)

    let id = try alice.user.chat("will this arrive?", to: phone)
    try await alice.user.disconnect()

    let failure = try await tablet.expect("the error to \(id)", within: .patience) {
        $0.type == "error" && $0.id == id
    }
    #expect(failure.from == phone && failure.errorText?.isEmpty == false)
}
