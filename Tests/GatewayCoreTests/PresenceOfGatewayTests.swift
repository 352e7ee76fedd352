import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("The presence of the gateway and its contacts")
struct PresenceOfGatewayTests {
    private func capabilities(_ presence: Presence?) throws -> EntityCapabilities {
        try EntityCapabilities(try #require(presence?.first("c", namespace: EntityCapabilities.namespace)))
    }

    @Test("presence comes from a resource, with capabilities whose information can be asked for")
    func capabilities() throws {
        let scene = try StoredDeliveryTests.scene()
        for address in ["gw.test", "+15550199@gw.test", "+15550198@gw.test"] {
            try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='\(address)'/>")
        }
        let available = scene.presences.filter { $0.type == .available }
        #expect(available.compactMap { $0.head.from?.resource } == ["stored", "stored", "stored"])
        let all = try available.map { try capabilities($0) }
        #expect(all[1].verification == all[2].verification, "clients ask once for all people")
        for (presence, capabilities) in zip(available, all) {
            let address = try #require(presence.head.from)
            scene.forget()
            try scene.receive(
                from: "anna@home.test/a",
                "<iq type='get' id='i' to='\(address)'><query xmlns='http://jabber.org/protocol/disco#info' "
                    + "node='\(capabilities.node)#\(capabilities.verification)'/></iq>")
            var info = try DiscoInfo(try #require(scene.iqs.first?.payload.first))
            #expect(info.node == "\(capabilities.node)#\(capabilities.verification)")
            info.node = nil
            #expect(EntityCapabilities.verification(of: info) == capabilities.verification)
        }
    }

    @Test("capabilities that the gateway has never sent are unknown")
    func unknownCapabilities() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='get' id='i' to='gw.test'><query xmlns='http://jabber.org/protocol/disco#info' "
                + "node='urn:x-martlet#AAAA'/></iq>")
        #expect(scene.iqs.first?.stanzaError?.condition == .itemNotFound)
    }

    @Test("unavailable presence to the gateway is answered by unavailable presence, for loaded users and others")
    func farewell() throws {
        let scene = try StoredDeliveryTests.scene()
        for user in ["anna@home.test/a", "stranger@home.test/b"] {
            try scene.receive(from: user, "<presence type='unavailable' to='gw.test'/>")
        }
        try scene.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        try scene.receive(from: "anna@home.test/a", "<presence type='unavailable' to='gw.test'/>")
        #expect(scene.presences.map(\.type) == [.unavailable, .unavailable, .unavailable])
        let ends = scene.presences.map { "\($0.head.from?.description ?? "") \($0.head.to?.description ?? "")" }
        #expect(
            ends == [
                "gw.test/stored anna@home.test/a", "gw.test/stored stranger@home.test/b",
                "gw.test/stored anna@home.test/a",
            ])
    }

    @Test("the gateway's presence names the state of each network, and only changes are told")
    func status() throws {
        let scene = try Scene.live()
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='gw.test'/>")
        try scene.join()
        scene.forget()
        scene.event(.state(.online(nick: "anna")), network: "net")
        scene.event(.state(.online(nick: "anna")), network: "net")
        let failure = Failure(.remoteDown, "gone")
        scene.event(.state(.offline(failure, retrying: true)), network: "net")
        scene.event(.state(.offline(failure, retrying: true)), network: "net")
        let own = scene.presences.filter { $0.head.from?.description == "gw.test/live" }
        #expect(own.map(\.status) == ["net: connected as anna", "net: not connected"])
    }

    @Test("on a network that stores messages, the status lines say what a person would say")
    func storedStatus() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try scene.chat("help")
        scene.event(.state(.online(nick: "+15550100")), network: "phone")
        for address in ["gw.test", "+15550199@gw.test"] {
            try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='\(address)'/>")
        }
        let available = scene.presences.filter { $0.type == .available }
        #expect(available.map(\.status) == ["phone: connected as +15550100", "Can be reached by Phone"])
    }

    @Test("two entities that subscribe in turn do not go on for ever")
    func pingPong() throws {
        let scene = try StoredDeliveryTests.scene()
        for _ in 0..<10 {
            try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='gw.test'/>")
            try scene.receive(from: "anna@home.test", "<presence type='subscribed' to='gw.test'/>")
        }
        #expect(scene.presences.count { $0.type == .subscribe } == 1)
        let asked = try #require(scene.presences.first { $0.type == .subscribe })
        #expect(asked.first("nick", namespace: Nickname.namespace)?.text == "Phone gateway")
        #expect(asked.status?.isEmpty == false)
    }
}

@Suite("Names and pictures")
struct NamesAndPicturesTests {
    private func ask(_ scene: Scene, _ payload: String, of address: String) throws -> Element {
        scene.forget()
        try scene.receive(from: "anna@home.test/a", "<iq type='get' id='n' to='\(address)'>\(payload)</iq>")
        return try #require(scene.iqs.first?.payload.first)
    }

    private func items(_ scene: Scene, _ node: String, of address: String) throws -> Element {
        try ask(
            scene, "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='\(node)'/></pubsub>", of: address)
    }

    @Test("the gateway has a picture: in both kinds of vCard, as published data, and by its hash in presence")
    func picture() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='gw.test'/>")
        let update = scene.presences.first { $0.type == .available }?.first("x", namespace: "vcard-temp:x:update")
        #expect(update?.first("photo", namespace: "vcard-temp:x:update")?.text == Avatar.martlet.hash)
        let card = try VCard(try ask(scene, "<vCard xmlns='vcard-temp'/>", of: "gw.test"))
        #expect(card.photo?.base64 == Avatar.martlet.base64)
        let card4 = try VCard4(try ask(scene, "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/>", of: "gw.test"))
        #expect(card4.card == card)
        let data = try items(scene, "urn:xmpp:avatar:data", of: "gw.test")
        #expect(data.elements.first?.elements.first?.elements.first?.text == Avatar.martlet.base64)
        let metadata = try items(scene, "urn:xmpp:avatar:metadata", of: "gw.test")
        let info = metadata.elements.first?.elements.first?.elements.first?.elements.first
        #expect(info?[attribute: "id"] == Avatar.martlet.hash)
    }

    @Test("people have a nick that can be read, and no picture")
    func person() throws {
        let scene = try Scene.live()
        let nick = try items(scene, "http://jabber.org/protocol/nick", of: "ivan%net@gw.test")
        #expect(nick.elements.first?.elements.first?.elements.first?.text == "ivan (net)")
        #expect(try VCard(try ask(scene, "<vCard xmlns='vcard-temp'/>", of: "ivan%net@gw.test")).name == "ivan (net)")
        let none = try items(scene, "urn:xmpp:avatar:data", of: "ivan%net@gw.test")
        #expect(try StanzaError(none).condition == .itemNotFound)
    }
}
