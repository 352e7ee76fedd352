import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Blocking (XEP-0191)")
struct BlockingTests {
    private static let anna = "anna@home.test/a"
    private static let bob = PeerAddress(network: LiveRules.network, name: "bob")

    private func ask(
        _ scene: Scene, _ kind: BlockingRequest.Kind, _ addresses: [String] = [], from client: String = anna,
        at place: String = "gw.test"
    ) throws -> [IQ] {
        scene.forget()
        let request = BlockingRequest(kind, try addresses.map { try JID($0) }).element
        let head = StanzaHead(to: try JID(place), from: try JID(client), id: "b")
        scene.post(.stanza(.iq(IQ(head, type: kind == .blocklist ? .get : .set, payload: [request]))))
        return scene.iqs
    }

    /// The addresses in the list that a client is sent.
    private func list(_ scene: Scene, _ client: String = anna) throws -> [String] {
        let answer = try #require(try ask(scene, .blocklist, from: client).first?.payload.first)
        return try BlockingRequest(answer).addresses.map(\.description)
    }

    private func write(_ scene: Scene, to address: String, type: String = "chat") throws -> [Stanza] {
        let xml = "<message id='\(scene.newMessageID())' type='\(type)'><body>x</body></message>"
        return try scene.answers(to: xml, from: Self.anna, at: address)
    }

    private func hear(_ scene: Scene, _ peer: PeerAddress = bob, isOwn: Bool = false) {
        scene.event(
            .message(InboundMessage(from: .peer(peer), .text(Text("psst")), isOwn: isOwn)), network: "net")
    }

    private func expectBlocked(_ stanza: Stanza?) throws {
        let stanza = try #require(stanza)
        let error = try #require(stanza.stanzaError)
        #expect(error.condition == .notAcceptable && error.type == .cancel)
        let payload =
            switch stanza {
            case .message(let message): message.payload
            case .presence(let presence): presence.payload
            case .iq(let iq): iq.payload
            }
        let element = try #require(payload.first { $0.name == "error" && $0.namespace == Stanza.namespace })
        #expect(element.first("blocked", namespace: "urn:xmpp:blocking:errors") != nil)
    }

    @Test("the list begins empty, takes addresses, and gives them back one by one and all at once")
    func lists() throws {
        let scene = try Scene.live()
        #expect(try list(scene).isEmpty)
        let all = ["#harbour%net@gw.test/Eve", "bob%net@gw.test", "other@gw.test"]
        #expect(try ask(scene, .block, Array(all.shuffled())).first?.type == .result)
        #expect(try list(scene) == all)
        #expect(try ask(scene, .unblock, [all[1]]).first?.type == .result)
        #expect(try list(scene) == [all[0], all[2]])
        #expect(try ask(scene, .unblock).first?.type == .result)
        #expect(try list(scene).isEmpty && scene.store.record(of: UserID("anna@home.test")).blocked.isEmpty)
        #expect(try #require(scene.kernel.users[UserID("anna@home.test")]).rows == 0)
    }

    @Test("a full address of a person or network is refused, for the bare one would be more than was named")
    func resources() throws {
        let scene = try Scene.live()
        for address in ["bob%net@gw.test/live", "net@gw.test/x"] {
            let refused = try ask(scene, .block, [address]).map(\.stanzaError)
            #expect(refused.map { $0?.condition } == [.notAllowed])
            #expect(refused[0]?.text?.hasPrefix("Name \(address.prefix { $0 != "/" }), the address without") == true)
        }
        #expect(try list(scene).isEmpty && write(scene, to: "bob%net@gw.test/live").isEmpty)
        scene.forget()
    }

    @Test("blocking again changes nothing")
    func again() throws {
        let scene = try Scene.live()
        for address in ["bob%net@gw.test", "bob%net@gw.test"] {
            #expect(try ask(scene, .block, [address]).map(\.type) == [.result])
        }
        #expect(try list(scene) == ["bob%net@gw.test"])
        #expect(try #require(scene.kernel.users[UserID("anna@home.test")]).rows == 1)
    }

    @Test(
        "an address that cannot be blocked here is refused, and no address of the request is blocked",
        arguments: [
            ("eve@home.test", StanzaError.Condition.itemNotFound), ("gw.test", .notAllowed),
            ("#harbour%net@gw.test", .notAllowed), ("#%net@gw.test", .jidMalformed),
            ("bob%unknown@gw.test", .itemNotFound),
        ])
    func refused(address: String, condition: StanzaError.Condition) throws {
        let scene = try Scene.live()
        let answers = try ask(scene, .block, ["bob%net@gw.test", address])
        #expect(answers.map(\.stanzaError?.condition) == [condition])
        #expect(try list(scene).isEmpty)
    }

    private func block(_ scene: Scene, _ count: Int) throws {
        for start in stride(from: 0, to: count, by: 250) {
            _ = try ask(scene, .block, (start..<min(count, start + 250)).map { "nick\($0)%net@gw.test" })
        }
    }

    @Test("the list has a limit, because it has no pages, and whoever reaches it can unblock some")
    func limit() throws {
        let scene = try Scene.live()
        try block(scene, 1_000)
        #expect(try list(scene).count == 1_000)
        #expect(scene.iqs[0].element.xml(defaultNamespace: Stanza.namespace).utf8.count < 200_000)
        let refused = try ask(scene, .block, ["bob%net@gw.test"])
        #expect(refused.map(\.stanzaError?.condition) == [.policyViolation])
        #expect(refused[0].stanzaError?.text?.hasPrefix("You can block at most 1000 addresses here") == true)
        #expect(try scene.chat("block bob").first?.hasPrefix("You can block at most 1000 addresses here") == true)
        _ = try scene.chat("cancel")
        let pages = try Command(try scene.execute("blocked").payload[0])
        #expect(pages.status == .executing && pages.words.first == "1000 addresses are blocked:")
        let words = try scene.command("unblock", ["addresses": ["nick7", "nick8%net@gw.test"]]).words
        #expect(words.sorted() == ["7", "8"].map { "nick\($0)%net@gw.test is not blocked any more." })
        #expect(try ask(scene, .block, ["bob%net@gw.test"]).first?.type == .result)
    }

    @Test("long addresses reach the limit before short ones")
    func limitOfBytes() throws {
        let scene = try Scene.live()
        let nick = String(repeating: "n", count: 900)
        let long = (0..<170).map { "#harbour%net@gw.test/\(nick)\($0)" }
        #expect(try ask(scene, .block, Array(long[..<150])).map(\.type) == [.result])
        #expect(try ask(scene, .block, Array(long[150...])).map(\.stanzaError?.condition) == [.policyViolation])
        #expect(try list(scene).count == 150)
    }

    @Test("a list that was longer before is refused in words, and the commands still show and shorten it")
    func tooLong() throws {
        let scene = try Scene.live()
        let many = (0..<4_800).map { BlockedAddress(localpart: "nick\($0)%net") }
        let user = UserID("anna@home.test")
        _ = scene.store.apply(
            .other(AnyChange(ChangeBlocks(gateway: "gw.test", user: user, blocked: many, unblocked: []))))
        let answer = try #require(try ask(scene, .blocklist).first?.stanzaError)
        #expect(answer.condition == .policyViolation && answer.text?.contains("'unblock' of gw.test") == true)
        let first = try #require(try scene.chat("blocked").first)
        #expect(first.hasPrefix("4800 addresses are blocked:\n"))
        #expect(try scene.chat("unblock nick5").first == "nick5%net@gw.test is not blocked any more.")
    }

    @Test("a request without an address to block, or with a malformed one, is a bad request")
    func malformed() throws {
        let scene = try Scene.live()
        for inside in ["<block %/>", "<block %><item/></block>", "<block %><item jid='a b@gw.test'/></block>"] {
            let payload = inside.replacing("%", with: "xmlns='urn:xmpp:blocking'")
            let answers = try scene.answers(
                to: "<iq id='b' type='set'>\(payload)</iq>", from: Self.anna, at: "gw.test")
            #expect(answers.map(\.stanzaError?.condition) == [.badRequest], "\(inside)")
        }
    }

    @Test("only the gateway's own address has the list, and says so")
    func discovery() throws {
        let scene = try Scene.live()
        for (address, isServed) in [("gw.test", true), ("net@gw.test", false), ("bob%net@gw.test", false)] {
            let info = try scene.answers(
                to: "<iq id='i' type='get'>\(DiscoInfo().element.xml(defaultNamespace: ""))</iq>", from: Self.anna,
                at: address)
            guard case .iq(let iq)? = info.first else {
                Issue.record("no answer")
                return
            }
            let features = try DiscoInfo(try #require(iq.payload.first)).features
            #expect(features.contains(BlockingRequest.namespace) == isServed)
            #expect(try ask(scene, .blocklist, at: address).first?.type == (isServed ? .result : .error))
        }
    }

    @Test("clients that have asked for the list get each change, until they go")
    func pushes() throws {
        let scene = try Scene.live()
        for client in ["a", "b", "c"] { _ = try list(scene, "anna@home.test/\(client)") }
        try scene.receive(from: "anna@home.test/c", "<presence type='unavailable'/>", to: "gw.test")
        var pushed = try ask(scene, .block, ["bob%net@gw.test"]).filter { $0.type == .set }
        #expect(pushed.map { $0.head.to?.resource } == ["a", "b"])
        #expect(Set(pushed.compactMap(\.head.id)).count == 2 && pushed.allSatisfy { $0.head.from?.local == nil })
        let request = try BlockingRequest(try #require(pushed.first?.payload.first))
        #expect(request == BlockingRequest(.block, [try JID("bob%net@gw.test")]))
        pushed = try ask(scene, .unblock).filter { $0.type == .set }
        #expect(
            try pushed.map { try BlockingRequest($0.payload[0]) }
                == Array(repeating: BlockingRequest(.unblock), count: 2))
    }

    @Test("messages, queries and subscriptions to a blocked person are refused with <blocked/>, and no one else's")
    func outbound() throws {
        let scene = try Scene.live()
        _ = try ask(scene, .block, ["bob%net@gw.test"])
        for type in ["chat", "normal", "headline"] {
            let answers = try write(scene, to: "bob%net@gw.test/x", type: type)
            #expect(answers.count == 1)
            try expectBlocked(answers.first)
        }
        let ping = "<iq id='p' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"
        try expectBlocked(try scene.answers(to: ping, from: Self.anna, at: "bob%net@gw.test").first)
        let subscribe = "<presence type='subscribe'/>"
        try expectBlocked(try scene.answers(to: subscribe, from: Self.anna, at: "bob%net@gw.test").first)
        #expect(scene.requests.isEmpty)
        #expect(try write(scene, to: "carl%net@gw.test").isEmpty && scene.takeRequests().count == 1)
        try scene.receive(
            from: "ben@home.test/b", "<message type='chat'><body>x</body></message>", to: "bob%net@gw.test")
        #expect(scene.takeRequests().count == 1, "another user blocks nobody")
    }

    @Test("messages and invitations of a blocked person are dropped and counted, until the person is unblocked")
    func inbound() throws {
        let scene = try Scene.inRoom()
        _ = try ask(scene, .block, ["bob%net@gw.test"])
        hear(scene)
        scene.event(
            .room(RoomAddress(network: LiveRules.network, name: "#quay"), .invited(Invitation(by: Self.bob))),
            network: "net")
        scene.event(.message(InboundMessage(from: .peer(Self.bob), .typing(.typing))), network: "net")
        #expect(scene.messages.isEmpty && scene.counted.count { $0 == .messagesBlocked } == 3)
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "all")), network: "net")
        #expect(scene.messages.compactMap(\.body) == ["all"], "the words in a room are the room's")
        _ = try ask(scene, .unblock, ["bob%net@gw.test"])
        scene.forget()
        hear(scene)
        #expect(scene.messages.compactMap(\.body) == ["psst"])
    }

    @Test("a private conversation in a room can be blocked, and the person's own address stays open")
    func conversation() throws {
        let scene = try Scene.inRoom()
        _ = try ask(scene, .block, ["#harbour%net@gw.test/Bob"])
        try expectBlocked(try write(scene, to: "#harbour%net@gw.test/Bob").first)
        scene.forget()
        hear(scene)
        #expect(scene.messages.isEmpty && scene.counted.contains(.messagesBlocked))
        #expect(try write(scene, to: "bob%net@gw.test").isEmpty)
    }

    @Test("who has blocked a person cannot write to the person from within a room either")
    func occupant() throws {
        let scene = try Scene.inRoom()
        _ = try ask(scene, .block, ["bob%net@gw.test"])
        try expectBlocked(try write(scene, to: "#harbour%net@gw.test/Bob").first)
    }

    @Test("the notices of a blocked network are dropped")
    func network() throws {
        let scene = try Scene.inRoom()
        _ = try ask(scene, .block, ["net@gw.test"])
        scene.event(.state(.notice("Restart at six.")), network: "net")
        #expect(!scene.messages.contains { $0.type == .headline } && scene.counted.contains(.messagesBlocked))
    }

    @Test("a blocked contact is unavailable, and is as it is again when it is unblocked")
    func presence() throws {
        let scene = try StoredDeliveryTests.scene()
        let number = "+15550199@gw.test"
        try scene.receive(from: "anna@home.test", "<presence type='subscribe'/>", to: number)
        _ = try ask(scene, .block, [number])
        #expect(scene.presences.map(\.type) == [.unavailable])
        #expect(try scene.answers(to: "<presence type='probe'/>", from: Self.anna, at: number).count == 1)
        #expect(scene.presences.map(\.type) == [.unavailable])
        scene.forget()
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        #expect(scene.presences.filter { $0.type == .available }.isEmpty)
        _ = try ask(scene, .unblock, [number])
        #expect(scene.presences.map(\.type) == [.available])
    }

    @Test("to a network that waits for the registry, a message of a blocked person counts as taken, and none is stored")
    func stored() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try ask(scene, .block, ["+15550199@gw.test"])
        let peer = PeerAddress(network: StoredRules.network, name: "+15550199")
        scene.event(
            .message(InboundMessage(from: .peer(peer), text: "hi", id: MessageID("p1"))), network: "phone", token: 1)
        #expect(scene.storageAnswers == [StorageToken(1): .stored] && scene.messages.isEmpty)
        #expect(!scene.changes.contains { if case .appendInbound = $0 { true } else { false } })
        try expectBlocked(try write(scene, to: "+15550199@gw.test").first)
        #expect(scene.ledger.isEmpty)
    }

    @Test("the list is read with the user, and goes when the user unregisters")
    func lifetime() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try ask(scene, .block, ["+15550199@gw.test"])
        var snapshot = GatewaySnapshot()
        snapshot.accounts = [StoredDeliveryTests.account]
        let next = try Scene(StoredRules(), snapshot: snapshot)
        next.store = scene.store
        #expect(try list(next) == ["+15550199@gw.test"])
        try expectBlocked(try write(next, to: "+15550199@gw.test").first)
        let remove = "<iq id='u' type='set'><query xmlns='jabber:iq:register'><remove/></query></iq>"
        try next.receive(from: Self.anna, remove, to: "gw.test")
        #expect(try list(next).isEmpty)
    }

    @Test("a change that cannot be stored is refused, and nothing is blocked")
    func unwritten() throws {
        let scene = try Scene.live()
        scene.registryFailure = .unavailable("full")
        #expect(try ask(scene, .block, ["bob%net@gw.test"]).map(\.stanzaError?.condition) == [.internalServerError])
        #expect(try list(scene).isEmpty)
        #expect(try #require(scene.kernel.users[UserID("anna@home.test")]).rows == 0)
    }

    @Test("two changes of one address that are stored at once count one row")
    func together() throws {
        let scene = try Scene.live()
        _ = try list(scene)
        scene.answersCommits = false
        for _ in 0..<2 { _ = try ask(scene, .block, ["bob%net@gw.test"]) }
        scene.answerCommits()
        #expect(try #require(scene.kernel.users[UserID("anna@home.test")]).rows == 1)
        for _ in 0..<2 { _ = try ask(scene, .unblock, ["bob%net@gw.test"]) }
        scene.answerCommits()
        #expect(try #require(scene.kernel.users[UserID("anna@home.test")]).rows == 0)
    }

    @Test("the commands block and unblock by name, number or address, in forms and in a chat")
    func commands() throws {
        let scene = try Scene.live()
        let blocked = try scene.command("block", ["address": ["bob"]])
        #expect(blocked.status == .completed && blocked.words.first?.hasPrefix("bob%net@gw.test is blocked") == true)
        #expect(try scene.command("blocked").rows == [["bob%net@gw.test"]])
        #expect(try scene.chat("block carl%net@gw.test").first?.hasPrefix("carl%net@gw.test is blocked") == true)
        #expect(try scene.chat("block carl").first == "carl is blocked already.")
        #expect(try scene.chat("block eve@home.test").first?.contains("Your own server blocks") == true)
        _ = try scene.chat("cancel")
        #expect(try scene.chat("unblock bob").first == "bob%net@gw.test is not blocked any more.")
        let unblocked = try scene.command("unblock", ["addresses": ["carl%net@gw.test"]])
        #expect(unblocked.words == ["carl%net@gw.test is not blocked any more."])
        #expect(try scene.execute("unblock").stanzaError?.condition == .itemNotFound)
    }

    @Test("what follows a change of the list is decided by the changed list, and answered in order")
    func inOrder() throws {
        let scene = try Scene.live()
        scene.answersCommits = false
        _ = try ask(scene, .block, ["bob%net@gw.test"])
        #expect(try write(scene, to: "bob%net@gw.test").isEmpty, "the message waits")
        #expect(try ask(scene, .unblock, []).isEmpty && scene.requests.isEmpty)
        scene.forget()
        scene.answerCommits()
        #expect(scene.iqs.map(\.type) == [.result], "the second change has begun")
        try expectBlocked(scene.messages.first.map { .message($0) })
        scene.forget()
        scene.answersCommits = true
        scene.answerCommits()
        #expect(scene.iqs.map(\.type) == [.result])
        #expect(try list(scene).isEmpty)
    }

    @Test("while a change is stored, a user's stanzas are bounded, and a farewell still has room")
    func bounded() throws {
        let scene = try Scene.live()
        scene.answersCommits = false
        _ = try ask(scene, .block, ["bob%net@gw.test"])
        for _ in 0..<Dispatch.mostHeld { #expect(try write(scene, to: "bob%net@gw.test").isEmpty) }
        let refused = try write(scene, to: "bob%net@gw.test")
        #expect(refused.first?.stanzaError?.condition == .resourceConstraint)
        scene.forget()
        try scene.receive(from: Self.anna, "<presence to='gw.test' type='unavailable'/>")
        #expect(scene.sent.isEmpty)
        scene.answerCommits()
        #expect(scene.messages.count == Dispatch.mostHeld && scene.kernel.heldBytes == 0)
        #expect(scene.presences.contains { $0.type == .unavailable })
    }

    @Test("the stanzas of all users that wait for changes are bounded together")
    func boundedTogether() throws {
        let scene = try Scene.live()
        scene.answersCommits = false
        _ = try ask(scene, .block, ["bob%net@gw.test"])
        scene.kernel.heldBytes = Dispatch.mostHeldBytesOfAll
        let refused = try write(scene, to: "bob%net@gw.test")
        #expect(refused.first?.stanzaError?.condition == .resourceConstraint)
    }
}
