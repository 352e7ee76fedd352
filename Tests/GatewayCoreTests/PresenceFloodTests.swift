import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// One user who sends ten thousand presence stanzas, with the usual limits. The work is bounded, and other users are
/// answered at once.
@Suite("Floods of presence of one user")
struct PresenceFloodTests {
    private static let many = 10_000
    private static let contacts = 2_000

    /// A user with many contacts, and a home server that has taken no stanza since the stream opened.
    private func scene() throws -> Scene {
        let contacts = ([""] + (1..<Self.contacts).map { "friend\($0)%net" }).map {
            ContactRecord(gateway: "gw.test", user: UserID("eve@home.test"), localpart: $0)
        }
        let scene = try Scene(LiveRules(), contacts: contacts)
        scene.advance(by: .seconds(1))
        scene.forget()
        scene.reachesCheckpoints = false
        return scene
    }

    private func flood(_ scene: Scene, _ attributes: (Int) -> String, to: String = "gw.test") throws {
        for number in 0..<Self.many {
            try scene.receive(from: "eve@home.test/x", "<presence \(attributes(number))/>", to: to)
        }
    }

    /// The number of presences that the flood may cause: one for each that the user's allowance admits, an error for
    /// each other, and one list of contacts.
    private static let most = many + contacts

    @Test(
        "each presence causes at most one, besides the contacts of the user, which are sent once",
        arguments: ["", "type='unavailable'", "type='probe'", "type='subscribed'", "type='unsubscribed'"])
    func kinds(attributes: String) throws {
        let scene = try scene()
        try flood(scene, { _ in attributes })
        while !scene.checkpoints.isEmpty { scene.reachCheckpoint() }
        #expect(scene.presences.count <= Self.most && scene.sent.count == scene.presences.count)
        try expectAnswer(scene)
    }

    @Test("subscriptions that come and go in turn cause a bounded number of stanzas, and leave no contact")
    func subscriptions() throws {
        let scene = try scene()
        let kinds = ["subscribe", "unsubscribe"]
        try flood(scene, { "type='\(kinds[$0 % 2])'" }, to: "bob%net@gw.test")
        while !scene.checkpoints.isEmpty { scene.reachCheckpoint() }
        #expect(scene.presences.count <= 2 * Self.many)
        let refused = scene.presences.filter { $0.type == .error }
        #expect(refused.count == Self.many - CoreSettings.Limits().stanzaBurst)
        #expect(refused.allSatisfy { $0.stanzaError?.condition == .policyViolation && $0.stanzaError?.type == .wait })
        #expect(!scene.store.record(of: UserID("eve@home.test")).contacts.contains { $0.localpart == "bob%net" })
        try expectAnswer(scene)
    }

    /// Expects that another user gets an answer at once.
    private func expectAnswer(_ scene: Scene) throws {
        let ping = "<iq id='p' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"
        #expect(try scene.answers(to: ping, from: "bea@home.test/b", at: "gw.test").map(\.head.id) == ["p"])
    }
}
