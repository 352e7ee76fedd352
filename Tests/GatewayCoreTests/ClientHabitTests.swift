import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Habits of clients")
struct ClientHabitTests {
    private static let room = "#harbour%net@gw.test"

    private func happen(_ event: RoomEvent, in scene: Scene) { scene.event(.room(Scene.room, event), network: "net") }

    private func codes(_ presence: Presence) -> [Int] {
        presence.payload.lazy.compactMap { try? MUCUser($0) }.first?.statuses ?? []
    }

    @Test("the refusal of a nick has no <x/>, because clients would take the room for lost")
    func refusedNick() throws {
        let scene = try Scene.inRoom()
        try scene.receive(from: "anna@home.test/a", "<presence id='n' to='\(Self.room)/Bob'/>")
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.conflict, "taken"))), network: "net")
        let refusal = try #require(scene.presences.first)
        #expect(refusal.type == .error && refusal.head.id == "n")
        #expect(refusal.payload.map(\.name) == ["error"])
    }

    @Test("a refused entry to an address without a room has the <x/> of the request")
    func refusedEntry() throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/a",
            "<presence id='e' to='#quay%elsewhere@gw.test/anna'><x xmlns='\(MUCJoin.namespace)'/></presence>")
        #expect(scene.presences.first?.payload.map(\.name) == ["x", "error"])
    }

    @Test("a message from outside a room gets an error, and 110, 307 and 333 from the user's nick")
    func messageFromOutside() throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/b", "<message id='m' type='groupchat' to='\(Self.room)'><body>hi</body></message>")
        #expect(scene.messages.map(\.type) == [.error] && scene.messages.first?.head.id == "m")
        let told = try #require(scene.presences.first)
        #expect(told.type == .unavailable && told.head.from?.description == "\(Self.room)/anna")
        #expect(codes(told) == [110, 307, 333] && told.head.to?.description == "anna@home.test/b")
    }

    @Test("after a start, a message from outside a room gets only the error, because the client's nick is unknown")
    func messageAfterStart() throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/b", "<message id='m' type='groupchat' to='\(Self.room)'><body>hi</body></message>")
        #expect(scene.messages.map(\.type) == [.error] && scene.presences.isEmpty)
    }

    @Test("a request for a voice is refused with words that name the way to get one")
    func voice() throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a",
            "<message to='\(Self.room)'><x xmlns='jabber:x:data' type='submit'/></message>")
        let error = try #require(scene.messages.first?.stanzaError)
        #expect(error.condition == .featureNotImplemented && error.text?.contains("operator") == true)
    }

    @Test(
        "spaces before the slash of a typed command do not say it aloud",
        arguments: [
            ("/mode +k x", SlashText.command("mode +k x")), (" /mode +k x", .command("mode +k x")),
            ("   //mode", .escaped("/mode")), (" /usr/bin", .said), (" /me waves", .said),
        ])
    func spaces(body: String, meaning: SlashText) {
        #expect(SlashText.isBegun(by: body) && SlashText(body) == meaning)
    }

    @Test("a text with spaces but without a slash is said", arguments: ["", " ", " hello /mode", "hello", "a/b"])
    func plain(body: String) { #expect(!SlashText.isBegun(by: body)) }

    @Test("every request of a client to enter a room gets the error of the entry, with its own id and nick")
    func repeatedEntries() throws {
        let scene = try Scene.live()
        for (id, nick) in [("a1", "anna"), ("a2", "anna"), ("a3", "bl")] {
            try scene.receive(
                from: "anna@home.test/a",
                "<presence id='\(id)' to='\(Self.room)/\(nick)'><x xmlns='\(MUCJoin.namespace)'/></presence>")
        }
        let join = try #require(scene.takeRequests().first { if case .join = $0.action { true } else { false } })
        scene.event(.outcome(join.id, .failed(Failure(.forbidden, "banned"))), network: "net")
        let errors = scene.presences.filter { $0.type == .error }
        #expect(errors.map(\.head.id) == ["a1", "a2", "a3"])
        #expect(errors.map(\.head.from?.resource) == ["anna", "anna", "bl"])
    }

    @Test("a nick change while the network is away is refused at once")
    func nickWhileLost() throws {
        let scene = try Scene.inRoom()
        happen(.left(.disconnected(reason: "gone")), in: scene)
        scene.forget()
        try scene.receive(from: "anna@home.test/a", "<presence id='n' to='\(Self.room)/ann'/>")
        let error = try #require(scene.presences.first)
        #expect(error.head.id == "n" && error.stanzaError?.condition == .remoteServerTimeout)
        #expect(scene.requests.isEmpty)
    }

    @Test("a user who becomes an operator is shown the addresses of all occupants, once")
    func addresses() throws {
        let scene = try Scene.inRoom()
        happen(.occupantJoined(Scene.occupant("new")), in: scene)
        scene.forget()
        happen(.occupantChanged(Scene.occupant("anna", .operator)), in: scene)
        let items = scene.presences.map { presence in
            presence.payload.lazy.compactMap { try? MUCUser($0) }.first?.items.first?.jid?.description
        }
        #expect(Set(items.dropFirst()) == ["bob%net@gw.test", "new%net@gw.test"] && items.count == 3)
        scene.forget()
        happen(.occupantChanged(Scene.occupant("anna", .owner)), in: scene)
        #expect(scene.presences.count == 1)
    }

    @Test("a room that becomes moderated and open very often causes no more work than its members can be shown")
    func toggles() throws {
        let scene = try Scene.live { $0.slice = 50 }
        try scene.join()
        let everyone = (0..<1_000).map { Scene.occupant("guest\($0)") } + [Scene.occupant("anna")]
        happen(.joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil)), in: scene)
        scene.doesSlicesAtOnce = false
        scene.forget()
        for round in 0..<100 { happen(.propertiesChanged(round.isMultiple(of: 2) ? [.moderated] : []), in: scene) }
        #expect(scene.presences.count <= 100, "the lists are made by slices, not by the changes")
        scene.doesSlicesAtOnce = true
        scene.advance(by: .seconds(1))
        #expect((1_001...2_100).contains(scene.presences.count), "\(scene.presences.count)")
        let last = try MUCUser(try #require(scene.presences.last?.payload.first))
        #expect(last.items.first?.role == .participant)
    }

    @Test("searches in a room with very many occupants use up the allowance of their user")
    func searches() throws {
        let scene = try Scene.live {
            $0.stanzasPerSecond = 1
            $0.stanzaBurst = 100
        }
        try scene.join()
        let everyone = (0..<3_000).map { Scene.occupant("guest\($0)") } + [Scene.occupant("anna")]
        happen(.joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil)), in: scene)
        scene.forget()
        for number in 0..<20 {
            try scene.receive(
                from: "anna@home.test/a",
                "<iq type='get' id='\(number)' to='\(Self.room)'>"
                    + "<query xmlns='\(MUCAdmin.namespace)'><item role='participant'/></query></iq>")
        }
        let texts = scene.iqs.compactMap { $0.stanzaError?.text }
        #expect(texts.count == 20 && (1...5).contains(texts.count { $0.contains("entries") }))
    }

    @Test("a nick that a client writes into the JID of a ban names the occupant")
    func nickAsJID() throws {
        let scene = try Scene.inRoom()
        scene.capabilities = Capabilities([.text: .full, .kick: .full, .bans: .full, .join: .full])
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='b' to='\(Self.room)'><query xmlns='\(MUCAdmin.namespace)'>"
                + "<item jid='bob' affiliation='outcast'/></query></iq>")
        #expect(
            scene.takeRequests().map(\.action) == [
                .room(Scene.room, .add(ListEntry("Bob"), to: .bans)),
                .room(Scene.room, .kick(nick: "Bob", reason: nil)),
            ])
    }

    @Test("the rooms of a list have details, and the address of the list is no gateway's")
    func listedRooms() throws {
        let scene = try Scene.live()
        scene.capabilities = Capabilities([.roomSearch: .full, .join: .full])
        _ = try scene.command("register", ["nick": ["anna"]])
        scene.forget()
        func ask(_ what: String, _ address: String) throws {
            try scene.receive(
                from: "anna@home.test/a",
                "<iq type='get' id='q' to='\(address)'><query xmlns='http://jabber.org/protocol/disco#\(what)'/></iq>")
        }
        try ask("items", "net@gw.test")
        let listing = RoomListing(
            RoomAddress(network: LiveRules.network, name: "#tea"), name: "#tea", topic: "Green", occupants: 12)
        let page = Page([listing], index: 0, total: 1)
        scene.event(.answer(try scene.takeRequest().id, .rooms(page)), network: "net")
        scene.forget()
        try ask("info", "#tea%net@gw.test")
        let answer = try DiscoInfo(try #require(scene.iqs.first?.payload.first))
        let form = try #require(answer.forms.first)
        #expect(form.value("muc#roominfo_occupants") == "12" && form.value("muc#roominfo_description") == "Green")
    }
}
