import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Searches for rooms")
struct RoomSearchTests {
    private static let users = "{urn:xmpp:channel-search:0:order}nusers"
    private static let address = "{urn:xmpp:channel-search:0:order}address"

    private func scene() throws -> Scene {
        let scene = try Scene.live()
        scene.capabilities = Capabilities([.roomSearch: .full, .join: .full])
        return scene
    }

    /// Asks with the fields of a form; without any, for the form.
    private func ask(
        _ scene: Scene, _ fields: [(String, String)]? = nil, set: String = "", to: String = "net@gw.test"
    ) throws {
        let form = fields.map { fields in
            "<x xmlns='jabber:x:data' type='submit'>"
                + fields.map { "<field var='\($0)'><value>\($1)</value></field>" }.joined() + "</x>"
        }
        let page = set.isEmpty ? "" : "<set xmlns='http://jabber.org/protocol/rsm'>\(set)</set>"
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='get' id='q' to='\(to)'>"
                + "<search xmlns='urn:xmpp:channel-search:0:search'>\(page)\(form ?? "")</search></iq>")
    }

    @Test("the form has every field with its default, and its submission unchanged asks for words or for all")
    func form() throws {
        let scene = try scene()
        try ask(scene)
        let search = try ChannelSearch(try #require(scene.iqs.first?.payload.first))
        let form = try #require(search.form)
        #expect(form.type == .form && form.formType == ChannelSearch.formType)
        let names = ["q", "all", "sinname", "sindescription", "sinaddress", "min_users", "types", "key"]
        #expect(form.fields.compactMap(\.name) == ["FORM_TYPE"] + names)
        #expect(form.value("key") == Self.users && form["key"]?.options.map(\.value) == [Self.users, Self.address])
        #expect(scene.opened.isEmpty, "the form needs no connection")
    }

    static let searches: [([(String, String)], RoomSearch)] = [
        ([("q", "tea")], RoomSearch(matching: "tea", fewest: 1, order: .occupants)),
        ([("q", "  green   tea ")], RoomSearch(matching: "green tea", fewest: 1, order: .occupants)),
        ([("all", "true"), ("key", address)], RoomSearch(fewest: 1, order: .name)),
        ([("all", "1"), ("q", ""), ("min_users", "0"), ("key", users)], RoomSearch(order: .occupants)),
        (
            [("q", "tea"), ("sinname", "false")],
            RoomSearch(matching: "tea", in: [.topic], fewest: 1, order: .occupants)
        ),
        (
            [("q", "tea"), ("sindescription", "0")],
            RoomSearch(matching: "tea", in: [.name], fewest: 1, order: .occupants)
        ),
        (
            [("q", "tea"), ("sinname", "0"), ("sindescription", "0"), ("sinaddr", "1")],
            RoomSearch(matching: "tea", in: [.name], fewest: 1, order: .occupants)
        ),
        (
            [("q", "tea"), ("min_users", "20"), ("types", "xep-0045"), ("{urn:x}unknown", "x")],
            RoomSearch(matching: "tea", fewest: 20, order: .occupants)
        ),
    ]

    @Test("each form becomes a search", arguments: searches)
    func search(fields: [(String, String)], search: RoomSearch) throws {
        let scene = try scene()
        try ask(scene, [("FORM_TYPE", ChannelSearch.formType)] + fields)
        #expect(try scene.takeRequest().action == .ask(.rooms(search, PageRequest(limit: 50))))
        #expect(scene.sent.isEmpty)
    }

    @Test("a page has the rooms with every fact, and the mark of the page")
    func page() throws {
        let scene = try scene()
        try ask(scene, [("q", "tea")], set: "<max>2</max><after>#a</after>")
        let request = try scene.takeRequest()
        #expect(
            request.action
                == .ask(
                    .rooms(
                        RoomSearch(matching: "tea", fewest: 1, order: .occupants), PageRequest(.after("#a"), limit: 2)))
        )
        let rooms = [
            RoomListing(
                RoomAddress(network: LiveRules.network, name: "#tea"), name: "#Tea", topic: "Green", occupants: 12,
                isOpen: true),
            RoomListing(RoomAddress(network: LiveRules.network, name: "#b"), name: "#b", isOpen: false),
        ]
        scene.event(.answer(request.id, .rooms(Page(rooms, index: 4, total: 6))), network: "net")
        #expect(
            scene.takeSent() == [
                "<iq to='anna@home.test/a' from='net@gw.test' id='q' type='result'>"
                    + "<result xmlns='urn:xmpp:channel-search:0:search'><item address='#tea%net@gw.test'>"
                    + "<name>#Tea</name><description>Green</description><nusers>12</nusers>"
                    + "<service-type>xep-0045</service-type><is-open/></item><item address='#b%net@gw.test'>"
                    + "<name>#b</name><service-type>xep-0045</service-type></item>"
                    + "<set xmlns='http://jabber.org/protocol/rsm'><max>2</max><first index='4'>#tea</first>"
                    + "<last>#b</last><count>6</count></set></result></iq>"
            ])
    }

    @Test("a search that finds nothing has an empty result, and so has a search for other types, without a request")
    func nothing() throws {
        let scene = try scene()
        try ask(scene, [("q", "tea")])
        scene.event(.answer(try scene.takeRequest().id, .rooms(Page([], total: 0))), network: "net")
        let found = try FoundChannels(try #require(scene.iqs.first?.payload.first))
        #expect(found.items.isEmpty && found.page?.count == 0)
        scene.forget()
        try ask(scene, [("q", "tea"), ("types", "xep-0369")])
        #expect(scene.iqs.map(\.type) == [.result] && scene.requests.isEmpty)
    }

    static let refusals: [([(String, String)], StanzaError.Condition, String?)] = [
        ([("key", "{urn:x}random"), ("q", "tea")], .featureNotImplemented, "invalid-sort-key"),
        ([("q", "   ")], .badRequest, "invalid-search-terms"),
        ([("q", String(repeating: "x", count: 201))], .badRequest, "invalid-search-terms"),
        ([("q", "a b c d e f g h i")], .badRequest, "invalid-search-terms"),
        ([], .badRequest, "no-search-conditions"), ([("all", "false")], .badRequest, "no-search-conditions"),
        ([("q", "t"), ("sinname", "0"), ("sindescription", "0")], .badRequest, "no-search-conditions"),
        ([("all", "true"), ("q", "tea")], .badRequest, "conflicting-fields"),
        ([("q", "tea"), ("min_users", "many")], .badRequest, nil), ([("q", "tea"), ("all", "x")], .badRequest, nil),
        ([("q", "tea"), ("FORM_TYPE", "jabber:iq:register")], .badRequest, nil),
    ]

    @Test("each form that makes no search is refused with its condition, and nothing is asked", arguments: refusals)
    func refused(fields: [(String, String)], condition: StanzaError.Condition, specific: String?) throws {
        let scene = try scene()
        try ask(scene, fields)
        let answer = try #require(scene.iqs.first)
        #expect(StanzaError.condition(in: answer) == condition)
        let own = answer.payload.lazy.flatMap(\.elements).first { $0.namespace == "urn:xmpp:channel-search:0:error" }
        #expect(own?.name == specific)
        #expect(scene.requests.isEmpty && scene.iqs.count == 1)
    }

    @Test("a network that lists its rooms too often says to wait; other failures have no condition of their own")
    func failed() throws {
        let scene = try scene()
        for (kind, name) in [(Failure.Kind.rateLimited, "rate-limit"), (.remoteDown, nil)] {
            scene.forget()
            try ask(scene, [("q", "tea")])
            scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(kind, "no"))), network: "net")
            let answer = try #require(scene.iqs.first)
            let own = answer.payload.lazy.flatMap(\.elements)
                .first { $0.namespace == "urn:xmpp:channel-search:0:error" }
            #expect(answer.type == .error && answer.head.id == "q" && own?.name == name)
        }
    }

    private struct OneNetwork: NetworkRules {
        let plain = LiveRules()
        let networks = [LiveRules.network]
        var description: AdapterDescription { plain.description }

        func address(localpart: String) throws(AddressError) -> Address {
            localpart.isEmpty ? .network(LiveRules.network) : try plain.address(localpart: "\(localpart)%net")
        }

        func localpart(of address: Address) -> String {
            if case .network = address { return "" }
            return String(plain.localpart(of: address).dropLast("%net".count))
        }

        func normalize(_ typed: String) throws(AddressError) -> Address { try address(localpart: typed) }
        func check(login values: [String: String]) throws(Failure) -> [String: String] { values }
        func network(for settings: [String: String]) -> NetworkID? { nil }
    }

    @Test("the gateway itself searches and lists its only network, if its address stands for it")
    func onlyNetwork() throws {
        var limits = CoreSettings.Limits()
        limits.stanzasPerSecond = 0
        let scene = try Scene(OneNetwork(), limits: limits)
        scene.capabilities = Capabilities([.roomSearch: .full, .join: .full])
        try ask(scene, [("q", "tea")], to: "gw.test")
        let request = try scene.takeRequest()
        let room = RoomListing(RoomAddress(network: LiveRules.network, name: "#tea"), name: "#tea")
        scene.event(.answer(request.id, .rooms(Page([room]))), network: "net")
        #expect(scene.takeSent().first?.contains("<item address='#tea@gw.test'>") == true)
        _ = try scene.command("register", ["nick": ["anna"]])
        scene.forget()
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='get' id='l' to='gw.test'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>")
        scene.event(.answer(try scene.takeRequest().id, .rooms(Page([room]))), network: "net")
        #expect(scene.takeSent().first?.contains("<item jid='#tea@gw.test' name='#tea'/>") == true)
    }

    @Test("the feature is advertised where searches are answered, and nowhere else")
    func advertised() throws {
        let scenes = [(try scene(), "net@gw.test", true), (try scene(), "gw.test", false)]
        for (scene, to, isServed) in scenes {
            try scene.receive(
                from: "anna@home.test/a",
                "<iq type='get' id='d' to='\(to)'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
            let info = try DiscoInfo(try #require(scene.iqs.first?.payload.first))
            #expect(info.features.contains(ChannelSearch.namespace) == isServed)
            scene.forget()
            try ask(scene, to: to)
            #expect(scene.iqs.map(\.type) == [isServed ? .result : .error])
        }
    }
}
