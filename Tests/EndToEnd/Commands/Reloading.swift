import Foundation
import ServerRig
import Testing

extension Commands {
    @Test("a user whom the operator denies in the configuration is refused after 'reload', without a restart")
    func reload() async throws {
        let deployment = try Stage.deployment
        let alice = try await Subscriber.registered(number: "+12025550139", in: deployment)
        let ops = try await deployment.operatorUser()
        let (gateway, phone) = (deployment.sms, alice.address("+12025550189"))
        let file = deployment.martlet.configuration
        let before = try String(contentsOfFile: file, encoding: .utf8)
        let denied = before.replacing("access: {", with: "access: {deny: [\(alice.user.account.jid)], ")
        #expect(denied != before)

        try denied.write(toFile: file, atomically: false, encoding: .utf8)
        #expect(try await ops.command("reload", at: gateway).words.contains("was read again."))
        let id = try alice.user.chat("hello", to: phone)
        #expect(try await alice.user.expectError("message", id: id, from: phone).error == "auth/forbidden")

        try before.write(toFile: file, atomically: false, encoding: .utf8)
        #expect(try await ops.ask("reload", at: gateway).contains("was read again."))
        try alice.user.chat("hello again", to: phone)
        try await deployment.phoneSide.phones.expect("hello again", from: alice.number, to: "+12025550189")
    }
}
