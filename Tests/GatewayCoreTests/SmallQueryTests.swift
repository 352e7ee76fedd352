import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Small queries of clients")
struct SmallQueryTests {
    private func ask(_ scene: Scene, _ payload: String, of address: String) throws -> IQ {
        scene.forget()
        try scene.receive(from: "anna@home.test/a", "<iq type='get' id='s' to='\(address)'>\(payload)</iq>")
        return try #require(scene.iqs.first)
    }

    private static let last = "<query xmlns='jabber:iq:last'/>"

    @Test("the gateway tells how long it runs, and when a person has last written")
    func lastActivity() throws {
        let scene = try StoredDeliveryTests.scene()
        #expect(try ask(scene, Self.last, of: "+15550199@gw.test").stanzaError?.condition == .serviceUnavailable)
        let peer = PeerAddress(network: StoredRules.network, name: "+15550199")
        let message = InboundMessage(from: .peer(peer), text: "hi", id: MessageID("p1"))
        scene.event(.message(message), network: "phone", token: 1)
        scene.setClock(by: 90)
        for address in ["gw.test", "+15550199@gw.test"] {
            let answer = try ask(scene, Self.last, of: address)
            #expect(try LastActivity(try #require(answer.payload.first)).seconds == 90)
        }
    }

    @Test("the gateway's information has the operator's addresses, if there are any", arguments: [true, false])
    func operators(hasSome: Bool) throws {
        let scene = try Scene(StoredRules()) { $0.operatorAddresses = hasSome ? ["xmpp:ops@home.test"] : [] }
        let answer = try ask(scene, DiscoInfo().element.xml(defaultNamespace: ""), of: "gw.test")
        let forms = try DiscoInfo(try #require(answer.payload.first)).forms
        let form = forms.first { $0.formType == "http://jabber.org/network/serverinfo" }
        #expect(form?.fields.last?.values == (hasSome ? ["xmpp:ops@home.test"] : nil))
    }

    @Test("the gateway's information has the greatest size of a stanza (XEP-0478), and its capabilities name it")
    func limits() throws {
        let scene = try StoredDeliveryTests.scene()
        let answer = try ask(scene, DiscoInfo().element.xml(defaultNamespace: ""), of: "gw.test")
        let info = try DiscoInfo(try #require(answer.payload.first))
        let form = try #require(info.forms.first { $0.formType == "urn:xmpp:stream-limits:0" })
        #expect(form.fields.last?.name == "max-bytes" && form.fields.last?.values == ["1048576"])
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='gw.test'/>")
        let presence = try #require(scene.presences.last { $0.type == .available })
        let capabilities = try #require(presence.first("c", namespace: EntityCapabilities.namespace))
        #expect(try EntityCapabilities(capabilities).verification == EntityCapabilities.verification(of: info))
    }

    @Test("the type of the error for each failure is the usual one of its condition, except where the cause passes")
    func types() {
        let deviations: [Failure.Kind: StanzaError.Kind] = [.tooFast: .wait, .roomFull: .wait]
        for kind in Failure.Kind.allCases {
            let error = StanzaError(Failure(kind, "x"))
            #expect(error.type == deviations[kind] ?? error.condition.usualType, "\(kind)")
        }
    }
}
