import Basics
import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Entering and leaving rooms")
struct RoomEntryTests {
    @Test("a user who has just unregistered is let in after a registration, or after some time")
    func unregistered() throws {
        let scene = try Scene.inRoom()
        for waits in [true, false] {
            _ = try scene.command("delete-data", ["confirm": ["1"]])
            scene.grantAll()
            scene.forget()
            try scene.join()
            let refusal = try #require(scene.presences.first?.stanzaError)
            #expect(refusal.condition == .registrationRequired && refusal.type == .auth)
            #expect(refusal.text?.hasPrefix("You have unregistered from gw.test.") == true && scene.requests.isEmpty)
            if waits {
                scene.advance(by: .seconds(600))
            } else {
                _ = try scene.command("register", ["nick": ["anna"]])
            }
            scene.forget()
            try scene.join()
            #expect(scene.presences.isEmpty && scene.requests.count == 1)
            scene.joined()
            scene.grantAll()
        }
    }

    @Test("a user who has just unregistered is not let in either when many others have come meanwhile")
    func unregisteredAmongMany() throws {
        let scene = try Scene.inRoom()
        _ = try scene.command("delete-data", ["confirm": ["1"]])
        scene.grantAll()
        for number in 0...3 * Users.most {
            try scene.receive(
                from: "u\(number)@home.test/x", "<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>",
                to: "gw.test")
        }
        scene.forget()
        try scene.join()
        #expect(scene.presences.first?.stanzaError?.condition == .registrationRequired)
    }

    @Test("the first resource opens a session and requests the join")
    func firstJoin() throws {
        let scene = try Scene.live()
        try scene.join(password: "s3cret")
        #expect(scene.opened.map(\.preferredNick) == ["anna"])
        #expect(try scene.takeRequest().action == .join(Scene.room, password: Secret("s3cret")))
        #expect(scene.sent.isEmpty, "no resource is in the room before the network confirms it")
    }

    @Test("a registered nick takes precedence over the requested nick, and the user is told with 210")
    func registeredNick() throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='r' to='gw.test'><query xmlns='jabber:iq:register'><nick>captain</nick></query></iq>")
        try scene.join()
        #expect(scene.opened.map(\.preferredNick) == ["captain"])
        #expect(try scene.takeRequest().action == .join(Scene.room, password: nil))
        scene.joined(nick: "captain")
        #expect(try MUCUser(try #require(scene.presences.last?.payload.first)).statuses == [110, 210])
    }

    @Test("an entry shows the other occupants, then the user's own presence with 110, then the subject")
    func order() throws {
        let scene = try Scene.live()
        try scene.join()
        scene.joined(topic: Topic(text: "boats", author: "Bob"))
        let froms = scene.sent.map { stanza -> String? in
            switch stanza {
            case .presence(let presence): presence.head.from?.resource
            case .message(let message): message.head.from?.resource
            case .iq: nil
            }
        }
        #expect(froms == ["Bob", "anna", "Bob"])
        let own = try MUCUser(try #require(scene.presences.last?.payload.first))
        #expect(own.statuses == [110] && own.items.first?.role == .participant)
        #expect(own.items.first?.jid?.description == "anna@home.test/a")
        let other = try MUCUser(try #require(scene.presences.first?.payload.first))
        #expect(other.items == [MUC.Item(affiliation: .admin, role: .moderator)])
        #expect(scene.messages.first?.subject == "boats" && scene.messages.first?.body == nil)
    }

    @Test("a room without a topic still ends the entry with an empty subject")
    func emptySubject() throws {
        let scene = try Scene.live()
        try scene.join()
        scene.joined()
        #expect(scene.messages.map(\.subject) == [""])
        #expect(scene.messages.first?.head.from?.description == "#harbour%net@gw.test")
    }

    @Test("a nick that the network has changed is told with 210")
    func nickModified() throws {
        let scene = try Scene.live()
        try scene.join()
        scene.joined(nick: "anna_")
        let own = try MUCUser(try #require(scene.presences.last?.payload.first))
        #expect(own.statuses == [110, 210])
        #expect(scene.presences.last?.head.from?.resource == "anna_")
    }

    @Test("a second resource gets the whole sequence without a second entry on the network")
    func secondResource() throws {
        let scene = try Scene.inRoom()
        try scene.join("anna@home.test/b")
        #expect(scene.requests.isEmpty)
        #expect(scene.presences.map { $0.head.to?.resource } == ["b", "b"])
        #expect(scene.messages.map(\.subject) == [""])
    }

    @Test("the clients of a user in a room are bounded, and a client that is in the room can always join again")
    func manyResources() throws {
        let scene = try Scene.inRoom()
        for number in 2...51 { try scene.join("anna@home.test/r\(number)") }
        #expect(scene.presences.last?.stanzaError?.condition == .policyViolation)
        #expect(scene.presences.filter { $0.type == .error }.count == 1)
        scene.forget()
        try scene.join()
        #expect(scene.presences.map(\.type) == [.available, .available])
    }

    @Test("a malformed join is a bad request")
    func malformedJoin() throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/a",
            "<presence to='#harbour%net@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'>"
                + "<history since='yesterday'/></x></presence>")
        #expect(scene.presences.first?.stanzaError?.condition == .badRequest)
        #expect(scene.requests.isEmpty)
    }

    @Test("a resource that joins again gets the whole room again")
    func desync() throws {
        let scene = try Scene.inRoom()
        try scene.join()
        #expect(scene.requests.isEmpty && scene.presences.count == 2)
    }

    @Test(
        "a refused entry is a presence error from the requested room and nick",
        arguments: [
            (Failure.Kind.notAuthorized, StanzaError.Condition.notAuthorized), (.forbidden, .forbidden),
            (.registrationRequired, .registrationRequired), (.roomFull, .serviceUnavailable), (.conflict, .conflict),
            (.notFound, .itemNotFound), (.remoteDown, .remoteServerTimeout),
        ])
    func refused(kind: Failure.Kind, condition: StanzaError.Condition) throws {
        let scene = try Scene.live()
        try scene.join()
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(kind, "why"))), network: "net")
        let error = try #require(scene.presences.first)
        #expect(error.type == .error && error.head.from?.description == "#harbour%net@gw.test/anna")
        #expect(error.stanzaError?.condition == condition && error.stanzaError?.text == "why")
        // The room is forgotten: another try asks the network again.
        try scene.join()
        #expect(scene.requests.count == 1)
    }

    @Test(
        "a client that sends presence to a room that it is not in is told so by 110, 307 and 333 (§7.2.18)",
        arguments: [
            "", "<show>away</show><status>at lunch</status>", "<x xmlns='vcard-temp:x:update'/>",
            "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/>",
        ])
    func unknownMember(payload: String) throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/a", "<presence id='p' to='#harbour%net@gw.test/anna'>\(payload)</presence>")
        let answer = try #require(scene.presences.first)
        #expect(answer.type == .unavailable && answer.head.id == "p" && scene.presences.count == 1)
        #expect(answer.head.from?.description == "#harbour%net@gw.test/anna")
        #expect(try MUCUser(try #require(answer.payload.first)).statuses == [110, 307, 333])
        #expect(scene.requests.isEmpty && scene.rooms().isEmpty)
    }

    @Test(
        "a request to enter an address that is no room is an error with its id",
        arguments: ["net@gw.test/x", "net@gw.test", "bob%net@gw.test/x", "bob%net@gw.test", "gw.test/x", "gw.test"])
    func noRoom(address: String) throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/a", "<presence id='j'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
            to: address)
        #expect(scene.presences.map(\.stanzaError?.condition) == [.itemNotFound])
        #expect(scene.presences.first?.head.id == "j" && scene.presences.first?.head.from?.description == address)
        try scene.receive(from: "anna@home.test/a", "<presence/>", to: address)
        #expect(scene.presences.count { $0.type == .error } == 1, "any other presence is no error")
    }

    @Test("a phone number is no room either")
    func number() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(
            from: "alice@home.test/a", "<presence id='j'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
            to: "+15550199@gw.test/alice")
        let errors = scene.presences.filter { $0.type == .error }
        #expect(errors.map(\.head.id) == ["j"] && errors.map(\.stanzaError?.condition) == [.itemNotFound])
    }

    @Test("the entry that creates a room is told with 201", arguments: [true, false])
    func created(isAlone: Bool) throws {
        let scene = try Scene.live()
        try scene.join()
        let everyone = [Scene.occupant("anna", .operator)] + (isAlone ? [] : [Scene.occupant("Bob")])
        let joined = JoinedRoom(nick: "anna", occupants: everyone, topic: nil)
        scene.event(.room(Scene.room, .joined(joined)), network: "net")
        let own = try MUCUser(try #require(scene.presences.last?.payload.first))
        #expect(own.statuses == (isAlone ? [110, 201] : [110]))
        scene.forget()
        try scene.join("anna@home.test/b")
        let second = try MUCUser(try #require(scene.presences.last?.payload.first))
        #expect(second.statuses == [110], "a second client creates nothing")
    }

    @Test("the first of two resources leaves alone, and the last resource leaves the room on the network")
    func leave() throws {
        let scene = try Scene.inRoom()
        try scene.join("anna@home.test/b")
        scene.forget()
        let goodbye = "<presence type='unavailable' to='#harbour%net@gw.test/anna'><status>bye</status></presence>"
        try scene.receive(from: "anna@home.test/b", goodbye)
        #expect(scene.requests.isEmpty)
        #expect(try MUCUser(try #require(scene.presences.first?.payload.first)).statuses == [110])
        try scene.receive(from: "anna@home.test/a", goodbye)
        #expect(try scene.takeRequest().action == .leave(Scene.room, reason: "bye"))
    }

    @Test(
        "a room on an unknown network, and one without a name, are refused",
        arguments: [
            ("#x%nowhere", StanzaError.Condition.itemNotFound), ("#%net", .jidMalformed),
        ])
    func badRooms(local: String, condition: StanzaError.Condition) throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/a",
            "<presence to='\(local)@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        #expect(scene.presences.first?.stanzaError?.condition == condition)
        #expect(scene.opened.isEmpty)
    }

    @Test("a user who may not use the gateway is refused")
    func stranger() throws {
        let scene = try Scene.live()
        try scene.join("eve@stranger.test/x")
        #expect(scene.presences.first?.stanzaError?.condition == .forbidden)
        #expect(scene.opened.isEmpty)
    }

    @Test(
        "an invitation that a closed stream delays or an open stream refuses is sent once",
        arguments: [true, false])
    func invitationWaits(isRefused: Bool) throws {
        let scene = try Scene.inRoom()
        let forced = RoomAddress(network: LiveRules.network, name: "#forced")
        if !isRefused { scene.post(.linkClosed) }
        let joined = JoinedRoom(nick: "anna", occupants: [Scene.occupant("anna")], topic: nil)
        scene.event(.room(forced, .joined(joined)), network: "net")
        if isRefused {
            try scene.refuseLast()
            scene.advance(by: .seconds(1))
        } else {
            #expect(scene.messages.isEmpty)
            scene.post(.linkOpened)
        }
        let invitations = scene.messages.filter { $0.head.from?.description == "#forced%net@gw.test" }
        #expect(invitations.count == 1 && invitations.first?.isDelayed == true)
    }

    @Test("a room that the network has put the user into causes an invitation")
    func forced() throws {
        let scene = try Scene.inRoom()
        let other = RoomAddress(network: LiveRules.network, name: "#quay")
        scene.event(
            .room(other, .joined(JoinedRoom(nick: "anna", occupants: [Scene.occupant("anna")], topic: nil))),
            network: "net")
        let invitation = try MUCUser(try #require(scene.messages.first?.payload.first))
        #expect(invitation.invites.count == 1)
        #expect(scene.messages.first?.head.to?.description == "anna@home.test")
    }

    @Test("a nick change is requested from the network, and a refusal is a presence error", arguments: [true, false])
    func nickChange(refused: Bool) throws {
        let scene = try Scene.inRoom()
        try scene.receive(from: "anna@home.test/a", "<presence id='n' to='#harbour%net@gw.test/ann'/>")
        let request = try scene.takeRequest()
        #expect(request.action == .changeNick("ann"))
        if refused {
            scene.event(.outcome(request.id, .failed(Failure(.conflict, "taken"))), network: "net")
            #expect(scene.presences.first?.stanzaError?.condition == .conflict)
            #expect(scene.presences.first?.head.id == "n")
        } else {
            scene.event(.room(Scene.room, .occupantRenamed(from: "anna", to: Scene.occupant("ann"))), network: "net")
            let codes = try scene.presences.map { try MUCUser(try #require($0.payload.first)).statuses }
            #expect(codes == [[303, 110], [110]])
            #expect(scene.presences.map { $0.head.from?.resource } == ["anna", "ann"])
        }
    }

    @Test("a nick that the network has changed is marked with 210, and only for the request it answers")
    func changedNick() throws {
        let scene = try Scene.inRoom()
        try scene.receive(from: "anna@home.test/a", "<presence id='n' to='#harbour%net@gw.test/ann'/>")
        let request = try scene.takeRequest()
        scene.event(.room(Scene.room, .occupantRenamed(from: "anna", to: Scene.occupant("Guest1"))), network: "net")
        scene.event(.outcome(request.id, .accepted(as: nil)), network: "net")
        scene.event(.room(Scene.room, .occupantRenamed(from: "Guest1", to: Scene.occupant("ann"))), network: "net")
        let codes = try scene.presences.map { try MUCUser(try #require($0.payload.first)).statuses }
        #expect(codes == [[303, 110], [110, 210], [303, 110], [110]])
    }
}
