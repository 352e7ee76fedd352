import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Queries to the gateway")
struct QueryTests {
    private func ask(_ scene: Scene, _ payload: String, to: String, type: String = "get") throws -> IQ {
        scene.forget()
        try scene.receive(from: "anna@home.test/a", "<iq type='\(type)' id='q' to='\(to)'>\(payload)</iq>")
        try #require(scene.iqs.count == 1, "every query is answered exactly once")
        return try #require(scene.iqs.first)
    }

    private func info(_ scene: Scene, _ to: String) throws -> DiscoInfo {
        let answer = try ask(scene, "<query xmlns='http://jabber.org/protocol/disco#info'/>", to: to)
        return try DiscoInfo(try #require(answer.payload.first))
    }

    @Test("every feature that the gateway advertises is answered")
    func advertised() throws {
        let scene = try Scene.live()
        let features = try info(scene, "gw.test").features
        #expect(features.contains(Ping.namespace) && features.contains(Registration.namespace))
        #expect(features.contains(GatewayPrompt.namespace) && features.contains(MUCJoin.namespace))
        for route in scene.kernel.routes.queries.all where route.targets.contains(.gateway) && route.isAdvertised {
            let answer = try ask(
                scene, "<\(route.name) xmlns='\(route.namespace)'/>", to: "gw.test", type: route.type.rawValue)
            #expect(answer.stanzaError?.condition != .serviceUnavailable, "\(route.namespace)")
            #expect(features.contains(route.namespace))
        }
    }

    @Test(
        "each kind of address has its identity",
        arguments: [
            ("gw.test", "conference"), ("net@gw.test", "conference"), ("#harbour%net@gw.test", "conference"),
            ("bob%net@gw.test", "client"),
        ])
    func identities(to: String, category: String) throws {
        #expect(try info(try Scene.live(), to).identities.map(\.category) == [category])
    }

    @Test("the gateway lists its networks")
    func items() throws {
        let answer = try ask(try Scene.live(), "<query xmlns='http://jabber.org/protocol/disco#items'/>", to: "gw.test")
        let items = try DiscoItems(try #require(answer.payload.first))
        #expect(items.items.map(\.jid.description) == ["net@gw.test", "other@gw.test"])
    }

    @Test(
        "unknown and misplaced queries are refused",
        arguments: [
            ("<query xmlns='urn:unknown'/>", "gw.test", StanzaError.Condition.serviceUnavailable),
            ("<query xmlns='jabber:iq:gateway'/>", "bob%net@gw.test", .serviceUnavailable),
            ("<query xmlns='jabber:iq:version'/>", "bob%net@gw.test", .serviceUnavailable),
            ("<ping xmlns='urn:xmpp:ping'/>", "x%nowhere@gw.test", .itemNotFound),
            ("<query xmlns='http://jabber.org/protocol/disco#info' node='x'/>", "gw.test", .itemNotFound),
        ])
    func refused(payload: String, to: String, condition: StanzaError.Condition) throws {
        #expect(try ask(try Scene.live(), payload, to: to).stanzaError?.condition == condition)
    }

    @Test("results and errors without a query are not answered")
    func results() throws {
        let scene = try Scene.live()
        try scene.receive(from: "anna@home.test/a", "<iq type='result' id='x' to='gw.test'/>")
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='error' id='x' to='gw.test'><error type='cancel'>"
                + "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>")
        #expect(scene.sent.isEmpty)
    }

    @Test("a typed number becomes a JID, or is refused with a reason")
    func prompt() throws {
        let scene = try StoredDeliveryTests.scene()
        func type(_ text: String) throws -> IQ {
            try ask(
                scene, "<query xmlns='jabber:iq:gateway'><prompt>\(text)</prompt></query>", to: "gw.test", type: "set")
        }
        let answer = try GatewayPrompt(try #require(try type("+1 555 0199").payload.first))
        #expect(answer.jid?.description == "+15550199@gw.test")
        #expect(try type("nonsense").stanzaError?.text == "A number starts with +.")
        let question = try GatewayPrompt(
            try #require(try ask(scene, "<query xmlns='jabber:iq:gateway'/>", to: "gw.test").payload.first))
        #expect(question.prompt == "Number")
        #expect(question.explanation == "Enter a number.")
        #expect(try type("").stanzaError?.condition == .badRequest)
    }

    @Test(
        "a self-ping tells whether the resource is in the room",
        arguments: [
            ("#harbour%net@gw.test/anna", true, StanzaError.Condition?.none),
            ("#harbour%net@gw.test/anna", false, .notAcceptable),
            ("#harbour%net@gw.test/nobody", true, .itemNotFound), ("net@gw.test", true, .serviceUnavailable),
            ("gw.test", false, nil),
        ])
    func pings(to: String, isIn: Bool, condition: StanzaError.Condition?) throws {
        let scene = isIn ? try Scene.inRoom() : try Scene.live()
        #expect(try ask(scene, "<ping xmlns='urn:xmpp:ping'/>", to: to).stanzaError?.condition == condition)
    }

    @Test("the gateway tells its version")
    func version() throws {
        let answer = try ask(try Scene.live(), "<query xmlns='jabber:iq:version'/>", to: "gw.test")
        #expect(try Version(try #require(answer.payload.first)) == Version(name: "Martlet", version: "1.2.3"))
    }

    @Test("a number has a vCard")
    func card() throws {
        let answer = try ask(try StoredDeliveryTests.scene(), "<vCard xmlns='vcard-temp'/>", to: "+15550199@gw.test")
        #expect(try VCard(try #require(answer.payload.first)).numbers == ["+15550199"])
    }

    @Test("a kick is answered when the network has accepted or refused it", arguments: [true, false])
    func kick(isDone: Bool) throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='k' to='#harbour%net@gw.test'><query xmlns='http://jabber.org/protocol/muc#admin'>"
                + "<item nick='Bob' role='none'><reason>out</reason></item></query></iq>")
        let request = try scene.takeRequest()
        #expect(request.action == .room(Scene.room, .kick(nick: "Bob", reason: "out")))
        #expect(scene.sent.isEmpty)
        scene.event(
            isDone
                ? .outcome(request.id, .accepted(as: nil)) : .outcome(request.id, .failed(Failure(.forbidden, "no"))),
            network: "net")
        #expect(scene.iqs.map(\.type) == [isDone ? .result : .error] && scene.iqs.first?.head.id == "k")
    }

    @Test(
        "other changes of a room and its lists",
        arguments: [
            ("set", "<item nick='nobody' role='none'/>", StanzaError.Condition?.some(.itemNotFound)),
            ("set", "", .badRequest),
            ("get", "<item affiliation='admin'/>", nil), ("get", "", .badRequest),
        ])
    func administration(type: String, item: String, condition: StanzaError.Condition?) throws {
        let scene = try Scene.inRoom()
        let query = "<query xmlns='http://jabber.org/protocol/muc#admin'>\(item)</query>"
        let answer = try ask(scene, query, to: "#harbour%net@gw.test", type: type)
        #expect(answer.stanzaError?.condition == condition)
        if condition == nil { #expect(try MUCAdmin(try #require(answer.payload.first)).items.map(\.nick) == ["Bob"]) }
    }
}
