import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Searching for people (XEP-0055)")
struct PeopleSearchTests {
    private static let anna = "anna@home.test/a"

    private func ask(_ scene: Scene, _ search: DirectorySearch, id: String = "s") throws {
        let head = StanzaHead(to: try JID("gw.test"), from: try JID(Self.anna), id: id)
        scene.post(.stanza(.iq(IQ(head, type: .set, payload: [search.element]))))
    }

    private func find(_ scene: Scene, _ text: String, page: ResultSet? = nil) throws -> DirectorySearch {
        scene.forget()
        try ask(scene, DirectorySearch(fields: [.nick: text], page: page))
        return try DirectorySearch(try #require(scene.iqs.first?.payload.first))
    }

    private func addresses(_ search: DirectorySearch) -> [String] { search.items.map(\.address.description) }

    /// A user with met people, contacts, and an address that is no contact any more.
    private func scene() throws -> Scene {
        let scene = try StoredDeliveryTests.scene()
        for (number, name) in [("+15550111", "Ivan"), ("+15550112", nil), ("+15550113", "Ivana")] {
            let peer = PeerAddress(network: StoredRules.network, name: number)
            let message = InboundMessage(
                from: .peer(peer), displayName: name, .text(Text("hi")), id: MessageID(number))
            scene.event(.message(message), network: "phone", token: 1)
        }
        try scene.receive(from: "anna@home.test", "<presence type='subscribe'/>", to: "+15550199@gw.test")
        scene.forget()
        return scene
    }

    @Test("the form has one field, for clients with and without forms")
    func form() throws {
        let scene = try scene()
        let payload = DirectorySearch().element.xml(defaultNamespace: "")
        let answers = try scene.answers(to: "<iq id='f' type='get'>\(payload)</iq>", from: Self.anna, at: "gw.test")
        guard case .iq(let iq)? = answers.first else {
            Issue.record("no answer")
            return
        }
        let offer = try DirectorySearch(try #require(iq.payload.first))
        #expect(offer.fields == [.nick: ""] && offer.instructions?.isEmpty == false)
        #expect(offer.form?.formType == DirectorySearch.namespace && offer.form?["nick"]?.isRequired == true)
    }

    @Test("people are found by a part of their name or number, met people and contacts alike, and no one else's")
    func known() throws {
        let scene = try scene()
        #expect(addresses(try find(scene, "ivan")) == ["+15550111@gw.test", "+15550113@gw.test"])
        #expect(try find(scene, "ivan").items.map { $0.fields[.nick] } == ["Ivan", "Ivana"])
        #expect(addresses(try find(scene, "555019")) == ["+15550199@gw.test"])
        #expect(try find(scene, "nobody") == DirectorySearch(), "an empty result is an empty query (XEP-0055 §2.1)")
        try ask(scene, DirectorySearch(fields: [.nick: "ivan"]))
        let other = StanzaHead(to: try JID("gw.test"), from: try JID("ben@home.test/b"), id: "o")
        let search = DirectorySearch(fields: [.nick: "ivan"]).element
        scene.post(.stanza(.iq(IQ(other, type: .set, payload: [search]))))
        let answer = try #require(scene.iqs.last)
        #expect(answer.head.id == "o")
        #expect(try DirectorySearch(try #require(answer.payload.first)).items.isEmpty)
    }

    @Test("a number that is written in full is found, though nobody knows it")
    func full() throws {
        #expect(addresses(try find(try scene(), "+1 555 0777")) == ["+15550777@gw.test"])
    }

    @Test("a client that searches by form gets the result as a form")
    func byForm() throws {
        let scene = try scene()
        let form = DataForm(
            .submit, fields: [DataForm.formType(DirectorySearch.namespace), DataForm.Field("nick", values: ["ivan"])])
        try ask(scene, DirectorySearch(form: form))
        let result = try DirectorySearch(try #require(scene.iqs.first?.payload.first))
        #expect(result.items.isEmpty && result.form?.type == .result)
        #expect(result.form?.reported.compactMap(\.name) == ["jid", "nick"])
        #expect(
            result.form?.items.map { $0.map { $0.values.first } } == [
                ["+15550111@gw.test", "Ivan"], ["+15550113@gw.test", "Ivana"],
            ])
    }

    @Test("a long result comes in pages (XEP-0059)")
    func pages() throws {
        let scene = try Scene.live()
        for number in 100..<400 {
            try scene.receive(from: "anna@home.test", "<presence type='subscribe'/>", to: "friend\(number)%net@gw.test")
        }
        let all = try find(scene, "friend")
        #expect(all.items.count == PeopleSearch.most && all.page?.count == 301, "with the name itself")
        let first = try find(scene, "friend1", page: ResultSet(max: 2))
        #expect(
            first.page
                == ResultSet(first: "friend1%net@gw.test", firstIndex: 0, last: "friend100%net@gw.test", count: 101))
        let next = try find(scene, "friend1", page: ResultSet(max: 2, after: first.page?.last))
        #expect(addresses(next) == ["friend101%net@gw.test", "friend102%net@gw.test"] && next.page?.firstIndex == 2)
        let last = try find(scene, "friend1", page: ResultSet(max: 1, before: ""))
        #expect(last.page?.firstIndex == 100)
        let count = try find(scene, "friend1", page: ResultSet(max: 0))
        #expect(count.items.isEmpty && count.page == ResultSet(count: 101))
        scene.forget()
        try ask(scene, DirectorySearch(fields: [.nick: "friend1"], page: ResultSet(max: 1, after: "eve@gw.test")))
        #expect(scene.iqs.map(\.stanzaError?.condition) == [.itemNotFound])
    }

    @Test("a connected network is asked about a name, and a person whom it does not know is not found")
    func network() throws {
        let scene = try Scene.inRoom()
        scene.capabilities = Capabilities([.text: .full, .join: .full, .profile: .full])
        scene.event(.state(.online(nick: "anna")), network: "net")
        let carl = PeerAddress(network: LiveRules.network, name: "carl")
        for isThere in [true, false] {
            scene.forget()
            try ask(scene, DirectorySearch(fields: [.nick: "carl"]))
            #expect(scene.iqs.isEmpty)
            let request = try scene.takeRequest()
            #expect(request.action == .ask(.profile(carl)))
            scene.event(
                isThere
                    ? .answer(request.id, .profile(Profile(carl, displayName: "Carl")))
                    : .outcome(request.id, .failed(Failure(.notFound, "no such nick"))), network: "net")
            let result = try DirectorySearch(try #require(scene.iqs.first?.payload.first))
            #expect(addresses(result) == (isThere ? ["carl%net@gw.test"] : []))
        }
        scene.forget()
        try ask(scene, DirectorySearch(fields: [.nick: "bo"]))
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.notFound, "no"))), network: "net")
        let result = try DirectorySearch(try #require(scene.iqs.first?.payload.first))
        #expect(addresses(result) == ["bob%net@gw.test"], "Bob is in a room of the user")
    }

    @Test(
        "a search without a text, of a wrong form, or too often is refused",
        arguments: [
            (DirectorySearch(), StanzaError.Condition.notAcceptable),
            (DirectorySearch(fields: [.nick: "  "]), .notAcceptable),
            (DirectorySearch(fields: [.email: "x"]), .notAcceptable),
            (DirectorySearch(fields: [.nick: String(repeating: "x", count: 201)]), .notAcceptable),
            (DirectorySearch(form: DataForm(.form)), .badRequest),
            (DirectorySearch(form: DataForm(.submit, fields: [DataForm.formType("x")])), .badRequest),
            (DirectorySearch(fields: [.nick: "x"], page: ResultSet(after: "a", before: "b")), .badRequest),
        ])
    func refused(search: DirectorySearch, condition: StanzaError.Condition) throws {
        let scene = try scene()
        try ask(scene, search)
        #expect(scene.iqs.map(\.stanzaError?.condition) == [condition])
        for number in 0..<20 { try ask(scene, DirectorySearch(fields: [.nick: "ivan"]), id: "n\(number)") }
        let refused = scene.iqs.filter { $0.stanzaError?.condition == .policyViolation }
        #expect(refused.count == 10 && refused.allSatisfy { $0.stanzaError?.type == .wait })
    }
}
