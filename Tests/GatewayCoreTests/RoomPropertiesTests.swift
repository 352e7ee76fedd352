import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Properties of rooms")
struct RoomPropertiesTests {
    private func become(_ properties: RoomProperties, in scene: Scene) {
        scene.event(.room(Scene.room, .propertiesChanged(properties)), network: "net")
    }

    private func info(_ scene: Scene, of address: String = "#harbour%net@gw.test", node: String = "") throws -> IQ {
        scene.forget()
        let node = node.isEmpty ? "" : " node='\(node)'"
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='get' id='i'><query xmlns='http://jabber.org/protocol/disco#info'\(node)/></iq>", to: address)
        return try #require(scene.iqs.first)
    }

    private func features(_ scene: Scene) throws -> Set<String> {
        let answer = try DiscoInfo(try #require(try info(scene).payload.first))
        return Set(answer.features.filter { $0.hasPrefix("muc_") })
    }

    @Test("before the network has told the properties, nothing is said of them")
    func unknown() throws {
        #expect(try features(try Scene.inRoom()) == ["muc_semianonymous", "muc_temporary"])
    }

    @Test(
        "the features follow from the properties",
        arguments: [
            ([], ["muc_unmoderated", "muc_open", "muc_unsecured", "muc_public", "muc_temporary"]),
            ([.moderated], ["muc_moderated", "muc_open", "muc_unsecured", "muc_public", "muc_temporary"]),
            ([.membersOnly], ["muc_unmoderated", "muc_membersonly", "muc_unsecured", "muc_public", "muc_temporary"]),
            (
                [.passwordProtected, .hidden],
                ["muc_unmoderated", "muc_open", "muc_passwordprotected", "muc_hidden", "muc_temporary"]
            ),
            ([.persistent], ["muc_unmoderated", "muc_open", "muc_unsecured", "muc_public", "muc_persistent"]),
        ] as [(RoomProperties, [String])])
    func known(properties: RoomProperties, expected: [String]) throws {
        let scene = try Scene.inRoom()
        become(properties, in: scene)
        #expect(try features(scene) == Set(expected + ["muc_semianonymous"]))
    }

    /// Lets anna enter a room whose properties the network is about to tell.
    private func entering() throws -> Scene {
        let scene = try Scene.live()
        try scene.join()
        let everyone = [Scene.occupant("anna"), Scene.occupant("Bob", .operator)]
        let joined = JoinedRoom(nick: "anna", occupants: everyone, topic: nil, propertiesFollow: true)
        scene.event(.room(Scene.room, .joined(joined)), network: "net")
        return scene
    }

    private func roles(_ scene: Scene) throws -> [MUC.Role?] {
        try scene.presences.map { try MUCUser(try #require($0.payload.first)).items.first?.role }
    }

    @Test("an entry waits for the properties that follow, so the first role is right and no change is told")
    func entryWaits() throws {
        let scene = try entering()
        let said = InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hi")
        scene.event(.message(said), network: "net")
        #expect(scene.sent.isEmpty)
        become([.moderated], in: scene)
        #expect(try roles(scene) == [.moderator, .visitor])
        #expect(scene.messages.map(\.body) == [nil, "hi"] && scene.messages[0].subject == "")
        scene.advance(by: .seconds(10))
        #expect(scene.presences.count == 2 && scene.messages.count == 2)
    }

    @Test("properties that do not come in time hold up no entry, and a client can leave meanwhile")
    func entryWaitsInVain() throws {
        let scene = try entering()
        scene.advance(by: .seconds(2))
        #expect(try roles(scene) == [.moderator, .participant] && scene.messages.count == 1)
        let gone = try entering()
        try gone.leave()
        gone.advance(by: .seconds(3))
        #expect(!gone.presences.contains { $0.type == .available })
    }

    @Test("a change is told with 104 by the room itself, and the same properties again are no change")
    func notes() throws {
        let scene = try Scene.inRoom()
        become([.hidden], in: scene)
        #expect(scene.sent.isEmpty, "the first report of an open room is no change")
        become([.hidden, .topicLocked], in: scene)
        let note = try #require(scene.messages.first)
        #expect(note.type == .groupchat && note.body == nil && note.head.from?.resource == nil)
        #expect(try MUCUser(try #require(note.payload.first)).statuses == [104])
        scene.forget()
        become([.hidden, .topicLocked], in: scene)
        #expect(scene.sent.isEmpty)
    }

    @Test("in a moderated room, occupants without a rank become visitors, and participants again afterwards")
    func visitors() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("Carl", .voiced))), network: "net")
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("Dora"))), network: "net")
        let steps: [(RoomProperties, MUC.Role)] = [(.moderated, .visitor), (RoomProperties(), .participant)]
        for (properties, role) in steps {
            scene.forget()
            become(properties, in: scene)
            #expect(scene.presences.map(\.head.from?.resource) == ["anna", "Dora"])
            let users = try scene.presences.map { try MUCUser(try #require($0.payload.first)) }
            #expect(users.map(\.items.first?.role) == [role, role] && users.map(\.statuses) == [[110], []])
        }
        become([.moderated], in: scene)
        scene.forget()
        scene.event(.room(Scene.room, .occupantChanged(Scene.occupant("anna", .voiced))), network: "net")
        let own = try MUCUser(try #require(scene.presences.first?.payload.first))
        #expect(own.items.first?.role == .participant)
    }

    @Test("the roles of many occupants are shown in slices")
    func slices() throws {
        let scene = try Scene.live { $0.slice = 10 }
        try scene.join()
        let everyone = [Scene.occupant("anna")] + (0..<50).map { Scene.occupant("guest\($0)") }
        scene.event(
            .room(Scene.room, .joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil))), network: "net")
        scene.forget()
        scene.doesSlicesAtOnce = false
        become([.moderated], in: scene)
        #expect(scene.presences.count <= 10)
        scene.doesSlicesAtOnce = true
        scene.advance(by: .zero)
        #expect(scene.presences.count == 51)
    }

    @Test("roles that change while the home server is away are shown when it is back")
    func away() throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        become([.moderated], in: scene)
        scene.forget()
        scene.post(.linkOpened)
        for (ping, tag) in scene.queries { scene.post(.answered(tag, ping.result())) }
        let roles = try scene.presences.map { try MUCUser(try #require($0.payload.first)).items.first?.role }
        #expect(roles == [.visitor])
    }

    @Test("the details of a room name its occupants and its subject")
    func details() throws {
        let scene = try Scene.inRoom(topic: Topic(text: "boats"))
        become([.topicLocked], in: scene)
        let answer = try DiscoInfo(try #require(try info(scene).payload.first))
        let form = try #require(answer.forms.first)
        #expect(form.formType == "http://jabber.org/protocol/muc#roominfo")
        #expect(form.value("muc#roominfo_occupants") == "2" && form.value("muc#roominfo_subject") == "boats")
        #expect(form.value("muc#roominfo_changesubject") == "0")
    }

    @Test("an operator is shown the addresses of occupants, and nobody else is")
    func addresses() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("Carl"))), network: "net")
        scene.event(.room(Scene.room, .occupantChanged(Scene.occupant("anna", .operator))), network: "net")
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("Dora"))), network: "net")
        let users = try scene.presences.map { try MUCUser(try #require($0.payload.first)) }
        #expect(
            users.prefix(2).map(\.items.first?.jid?.description) == [nil, "anna@home.test/a"], "Carl enters, Anna rises"
        )
        #expect(
            Set(users.dropFirst(2).map(\.items.first?.jid?.description)) == [
                "bob%net@gw.test", "carl%net@gw.test", "dora%net@gw.test",
            ])
        #expect(users.count == 5 && users.last?.items.first?.jid?.description == "dora%net@gw.test")
    }

    @Test("the nodes x-roomuser-item and muc#traffic of a room are answered, and other nodes are not")
    func nodes() throws {
        let scene = try Scene.inRoom()
        let reserved = try DiscoInfo(try #require(try info(scene, node: "x-roomuser-item").payload.first))
        #expect(reserved == DiscoInfo(node: "x-roomuser-item"))
        let traffic = "http://jabber.org/protocol/muc#traffic"
        #expect(try DiscoInfo(try #require(try info(scene, node: traffic).payload.first)) == DiscoInfo(node: traffic))
        #expect(try info(scene, node: "other").stanzaError?.condition == .itemNotFound)
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='r'><query xmlns='jabber:iq:register'><nick>captain</nick></query></iq>", to: "gw.test")
        let nick = try DiscoInfo(try #require(try info(scene, node: "x-roomuser-item").payload.first))
        #expect(nick.identities == [DiscoInfo.Identity("conference", "text", name: "captain")])
    }

    @Test("the traffic that reaches others is what the network carries, and it changes with the network")
    func traffic() throws {
        let scene = try Scene.inRoom()
        let node = "http://jabber.org/protocol/muc#traffic"
        scene.capabilities = Capabilities([.text: .full, .join: .full, .reaction: .full])
        let answer = try DiscoInfo(try #require(try info(scene, node: node).payload.first))
        #expect(answer.features == [MessageReactions.namespace])
        scene.capabilities = Capabilities([.text: .full, .join: .full])
        #expect(try DiscoInfo(try #require(try info(scene, node: node).payload.first)) == DiscoInfo(node: node))
    }

    @Test(
        "the nodes of rooms are refused elsewhere (§7.12, \"Allowable Traffic\")",
        arguments: ["gw.test", "net@gw.test"])
    func otherNodes(address: String) throws {
        let scene = try Scene.live()
        #expect(
            try info(scene, of: address, node: "x-roomuser-item").stanzaError?.condition == .featureNotImplemented)
        let traffic = "http://jabber.org/protocol/muc#traffic"
        #expect(try info(scene, of: address, node: traffic).stanzaError?.condition == .serviceUnavailable)
    }

    @Test("a room without registration says so with the condition that clients wait for (§7.10)")
    func registration() throws {
        let scene = try Scene.inRoom()
        for type in ["get", "set"] {
            try scene.receive(
                from: "anna@home.test/a",
                "<iq type='\(type)' id='r' to='#harbour%net@gw.test'><query xmlns='jabber:iq:register'/></iq>")
        }
        #expect(scene.iqs.map(\.stanzaError?.condition) == [.serviceUnavailable, .serviceUnavailable])
    }

    @Test(
        "who asks for the items or a node of an occupant must be in the room too (§6.6)",
        arguments: [
            ("#harbour%net@gw.test/Bob", nil, nil), ("#quay%net@gw.test/Bob", nil, .badRequest),
            ("#harbour%net@gw.test/x", nil, .itemNotFound), ("#harbour%net@gw.test/Bob", "x", .itemNotFound),
            ("#quay%net@gw.test/Bob", "x", .badRequest),
        ] as [(String, String?, StanzaError.Condition?)])
    func itemsOfOccupants(address: String, node: String?, condition: StanzaError.Condition?) throws {
        let scene = try Scene.inRoom()
        let node = node.map { " node='\($0)'" } ?? ""
        for name in ["info", "items"] where name == "items" || !node.isEmpty {
            try scene.receive(
                from: "anna@home.test/a",
                "<iq type='get' id='i' to='\(address)'><query xmlns='http://jabber.org/protocol/disco#\(name)'\(node)/></iq>"
            )
        }
        #expect(scene.iqs.allSatisfy { $0.stanzaError?.condition == condition } && !scene.iqs.isEmpty)
    }

    @Test(
        "only an occupant may ask for an occupant (§6.6)",
        arguments: [
            ("#harbour%net@gw.test/Bob", nil), ("#harbour%net@gw.test/x", .itemNotFound),
            ("#quay%net@gw.test/Bob", .badRequest),
        ]
            as [(String, StanzaError.Condition?)])
    func occupants(address: String, condition: StanzaError.Condition?) throws {
        #expect(try info(try Scene.inRoom(), of: address).stanzaError?.condition == condition)
    }
}
