import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("The rates of one user")
struct RateTests {
    @Test("entering rooms too often is refused with the limit, and is possible again later")
    func joins() throws {
        let scene = try Scene.live { $0.joinsPerMinute = 2 }
        for room in ["a", "b", "c"] {
            try scene.receive(
                from: "anna@home.test/a",
                "<presence id='\(room)' to='#\(room)%net@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
            )
        }
        let refused = try #require(scene.presences.last)
        #expect(refused.head.id == "c" && refused.stanzaError?.condition == .policyViolation)
        #expect(refused.stanzaError?.text?.contains("(2 a minute)") == true && refused.stanzaError?.type == .wait)
        try scene.join("ben@home.test/b")
        #expect(scene.opened.map(\.id.user.rawValue) == ["anna@home.test", "ben@home.test"], "others may enter")
        scene.forget()
        scene.advance(by: .seconds(30))
        try scene.join()
        #expect(scene.presences.isEmpty && scene.requests.count == 1)
    }

    @Test("messages beyond the rate are refused with the limit, and other stanzas are not")
    func messages() throws {
        let scene = try Scene.live { $0.messagesPerSecond = 1 }
        for _ in 0..<11 {
            try scene.receive(
                from: "anna@home.test/a", "<message id='m' type='chat' to='bob%net@gw.test'><body>x</body></message>")
        }
        let refused = scene.messages.filter { $0.type == .error }
        #expect(refused.map(\.stanzaError?.condition) == [.policyViolation])
        #expect(refused.first?.stanzaError?.text?.contains("(1 a second)") == true)
        scene.forget()
        try scene.receive(
            from: "anna@home.test/a", "<iq type='get' id='p' to='gw.test'><ping xmlns='urn:xmpp:ping'/></iq>")
        #expect(scene.iqs.map(\.type) == [.result])
    }
}
