import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Lists of rooms")
struct RoomListTests {
    private func scene() throws -> Scene {
        let scene = try Scene.live()
        scene.capabilities = Capabilities([.roomSearch: .full, .join: .full])
        _ = try scene.command("register", ["nick": ["anna"]])
        scene.forget()
        return scene
    }

    private func ask(_ scene: Scene, _ set: String = "", id: String = "q") throws {
        let page = set.isEmpty ? "" : "<set xmlns='http://jabber.org/protocol/rsm'>\(set)</set>"
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='get' id='\(id)' to='net@gw.test'>"
                + "<query xmlns='http://jabber.org/protocol/disco#items'>\(page)</query></iq>")
    }

    private func room(_ name: String, _ topic: String? = nil, _ occupants: Int? = nil) -> RoomListing {
        RoomListing(
            RoomAddress(network: LiveRules.network, name: name.lowercased()), name: name, topic: topic,
            occupants: occupants)
    }

    @Test("a page is what the network lists, with names, numbers and topics, and the mark of the page")
    func page() throws {
        let scene = try scene()
        try ask(scene, "<max>2</max>")
        #expect(scene.opened.map(\.id.network) == [LiveRules.network])
        let request = try scene.takeRequest()
        #expect(request.action == .ask(.rooms(RoomSearch(), PageRequest(limit: 2))))
        #expect(scene.sent.isEmpty)
        let page = Page([room("#Tea", "Green", 12), room("#b")], index: 4, total: 60_000)
        scene.event(.answer(request.id, .rooms(page)), network: "net")
        #expect(
            scene.takeSent() == [
                "<iq to='anna@home.test/a' from='net@gw.test' id='q' type='result'>"
                    + "<query xmlns='http://jabber.org/protocol/disco#items'>"
                    + "<item jid='#tea%net@gw.test' name='#Tea (12): Green'/><item jid='#b%net@gw.test' name='#b'/>"
                    + "<set xmlns='http://jabber.org/protocol/rsm'><first index='4'>#tea</first><last>#b</last>"
                    + "<count>60000</count></set></query></iq>"
            ])
    }

    @Test(
        "each page that a client can ask for becomes a request",
        arguments: [
            ("<max>3</max>", PageRequest(limit: 3)), ("<max>5000</max>", PageRequest(limit: 200)),
            ("<max>3</max><after>#b</after>", PageRequest(.after("#b"), limit: 3)),
            ("<max>3</max><before/>", PageRequest(.last, limit: 3)),
            ("<max>3</max><before>#b</before>", PageRequest(.before("#b"), limit: 3)),
            ("<max>3</max><index>7</index>", PageRequest(.index(7), limit: 3)),
            ("<max>0</max>", PageRequest(limit: 0)), ("<max>3</max><after/>", PageRequest(limit: 3)),
        ])
    func wishes(set: String, request: PageRequest) throws {
        let scene = try scene()
        try ask(scene, set)
        #expect(try scene.takeRequest().action == .ask(.rooms(RoomSearch(), request)))
    }

    @Test("a client that asks for no page gets the fullest rooms, and a mark only if there are more")
    func unpaged() throws {
        let scene = try scene()
        try ask(scene)
        let request = try scene.takeRequest()
        #expect(request.action == .ask(.rooms(RoomSearch(order: .occupants), PageRequest(limit: 200))))
        scene.event(.answer(request.id, .rooms(Page([room("#b")], total: 1))), network: "net")
        #expect(scene.takeSent().first?.contains("<set") == false)
        try ask(scene)
        scene.event(.answer(try scene.takeRequest().id, .rooms(Page([room("#b")], total: 2))), network: "net")
        #expect(scene.takeSent().first?.contains("<count>2</count>") == true)
    }

    @Test("a user who is neither registered nor in a room causes no connection by asking")
    func unregistered() throws {
        let scene = try Scene.live()
        scene.capabilities = Capabilities([.roomSearch: .full, .join: .full])
        try ask(scene)
        let refusal = try #require(scene.iqs.first?.stanzaError)
        #expect(refusal.condition == .registrationRequired && refusal.text?.contains("a connection to net") == true)
        #expect(scene.opened.isEmpty && scene.requests.isEmpty)
        try scene.join()
        scene.joined()
        scene.forget()
        try ask(scene)
        #expect(scene.requests.count == 1 && scene.opened.count == 1, "the connection of the room serves the list")
    }

    @Test("an empty page has no first and no last room; without a total there is no count")
    func empty() throws {
        let scene = try scene()
        try ask(scene, "<max>3</max>")
        scene.event(.answer(try scene.takeRequest().id, .rooms(Page([], index: 9, total: 9))), network: "net")
        #expect(scene.takeSent().first?.contains("rsm'><count>9</count></set>") == true)
        try ask(scene, "<max>3</max>")
        scene.event(.answer(try scene.takeRequest().id, .rooms(Page([room("#b")]))), network: "net")
        #expect(scene.takeSent().first?.contains("<count>") == false)
    }

    @Test(
        "a page that cannot be read is refused, and nothing is asked",
        arguments: ["<max>x</max>", "<max>-1</max>", "<after>a</after><before>b</before>", "<index>1</index><before/>"])
    func malformed(set: String) throws {
        let scene = try scene()
        try ask(scene, set)
        #expect(scene.iqs.first?.payload.contains { (try? StanzaError($0))?.condition == .badRequest } == true)
        #expect(scene.requests.isEmpty && scene.iqs.count == 1)
    }

    @Test(
        "a failure is answered with its condition and the id",
        arguments: [
            (Failure.Kind.notFound, StanzaError.Condition.itemNotFound), (.rateLimited, .resourceConstraint),
            (.remoteDown, .remoteServerTimeout),
        ])
    func failed(kind: Failure.Kind, condition: StanzaError.Condition) throws {
        let scene = try scene()
        try ask(scene, "<max>3</max>", id: "list-7")
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(kind, "no"))), network: "net")
        let answer = try #require(scene.iqs.first)
        #expect(answer.head.id == "list-7" && answer.type == .error)
        #expect(StanzaError.condition(in: answer) == condition)
    }

    @Test("a room that the user is not in has the topic and the number of people that lists have shown, and no others")
    func details() throws {
        let scene = try scene()
        func details(of room: String) throws -> DataForm? {
            scene.forgetSent()
            try scene.receive(
                from: "anna@home.test/a",
                "<iq type='get' id='i' to='\(room)%net@gw.test'>"
                    + "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
            return try DiscoInfo(try #require(scene.iqs.first?.payload.first)).forms.first
        }
        for page in [[room("#Tea", "Green", 12)], [room("#b")]] {
            try ask(scene, "<max>1</max>")
            scene.event(.answer(try scene.takeRequest().id, .rooms(Page(page))), network: "net")
        }
        let tea = try #require(try details(of: "#tea"), "an earlier page counts, too")
        #expect(tea.value("muc#roominfo_occupants") == "12" && tea.value("muc#roominfo_description") == "Green")
        #expect(tea.value("muc#roominfo_subject") == "Green")
        let empty = try #require(try details(of: "#b"))
        #expect(empty.fields.count == 1, "nothing is claimed that the list did not tell")
        #expect(try details(of: "#c") == nil)
        #expect(scene.requests.isEmpty, "the network is not asked")
    }

    @Test("a network without a list says so")
    func unsupported() throws {
        let scene = try Scene.live()
        try scene.join()
        scene.forget()
        try ask(scene)
        #expect(scene.iqs.first.flatMap { StanzaError.condition(in: $0) } == .featureNotImplemented)
        #expect(scene.requests.isEmpty)
    }
}

extension StanzaError {
    static func condition(in iq: IQ) -> Condition? {
        iq.payload.lazy.compactMap { try? StanzaError($0) }.first?.condition
    }
}
