import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Failures")
struct FailureTests {
    @Test("a failure that names another address is a redirection to its JID")
    func redirection() throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/a",
            "<presence id='j' to='#harbour%net@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        let join = try #require(scene.takeRequests().first { if case .join = $0.action { true } else { false } })
        scene.forget()
        let elsewhere = Address.room(RoomAddress(network: NetworkID("net"), name: "##other"))
        scene.event(
            .outcome(join.id, .failed(Failure(.forbidden, "Forwarded.", elsewhere: elsewhere))), network: "net")
        let error = try #require(scene.presences.first)
        #expect(error.type == .error && error.head.id == "j" && error.stanzaError?.condition == .redirect)
        #expect(error.stanzaError?.type == .modify)
        #expect(error.stanzaError?.alternative == "xmpp:%23%23other%25net@gw.test")
    }

    @Test("a failure without another address keeps its own condition")
    func plain() throws {
        let scene = try Scene.live()
        #expect(scene.kernel.error(for: Failure(.forbidden, "No.")).condition == .forbidden)
        #expect(scene.kernel.error(for: Failure(.forbidden, "No.")).alternative == nil)
    }
}
