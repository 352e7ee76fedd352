import Basics
import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Administration of rooms")
struct RoomAdministrationTests {
    /// Anna is an operator in the room, with Bob (operator), Carl (voiced) and Dora.
    private func scene(_ properties: RoomProperties = []) throws -> Scene {
        let scene = try Scene.inRoom()
        scene.capabilities = Capabilities([
            .text: .full, .topic: .full, .kick: .full, .rank: .full, .bans: .full, .inviteExceptions: .full,
            .settings: .full, .join: .full,
        ])
        for event: RoomEvent in [
            .occupantChanged(Scene.occupant("anna", .operator)), .occupantJoined(Scene.occupant("Carl", .voiced)),
            .occupantJoined(Scene.occupant("Dora")), .propertiesChanged(properties),
        ] { scene.event(.room(Scene.room, event), network: "net") }
        scene.forget()
        return scene
    }

    private func ask(_ scene: Scene, _ type: String, _ items: String) throws {
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='\(type)' id='q'><query xmlns='\(MUCAdmin.namespace)'>\(items)</query></iq>",
            to: "#harbour%net@gw.test")
    }

    @Test("a list comes in pages where the client asks for them, also one that is too long as a whole (XEP-0059)")
    func pages() throws {
        let scene = try Scene.live { $0.longestList = 5 }
        try scene.join()
        scene.joined()
        for number in 0..<7 {
            let event = RoomEvent.occupantJoined(Scene.occupant("n\(number)", .voiced))
            scene.event(.room(Scene.room, event), network: "net")
        }
        scene.forget()
        try ask(scene, "get", "<item role='participant'/>")
        #expect(scene.iqs.map(\.stanzaError?.condition) == [.policyViolation])
        var (nicks, mark): ([String], String) = ([], "")
        for _ in 0..<10 {
            scene.forget()
            let set = "<set xmlns='http://jabber.org/protocol/rsm'><max>3</max>\(mark)</set>"
            try ask(scene, "get", "<item role='participant'/>" + set)
            let payload = try #require(scene.iqs.first?.payload.first)
            let page = try MUCAdmin(payload).items.compactMap(\.nick)
            guard let last = page.last else { break }
            #expect(try #require(try ResultSet.find(in: payload)).last == last && page.count <= 3)
            nicks += page
            mark = "<after>\(last)</after>"
        }
        #expect(nicks.filter { $0.hasPrefix("n") } == (0..<7).map { "n\($0)" })
    }

    private func answer(_ scene: Scene, _ request: Request, _ failure: Failure? = nil) {
        scene.event(
            .outcome(request.id, failure.map { .failed($0) } ?? .accepted(as: nil)), network: "net")
    }

    @Test(
        "each item becomes the change of the network that it means",
        arguments: [
            ("<item nick='Dora' role='none'><reason>r</reason></item>", [.kick(nick: "Dora", reason: "r")]),
            ("<item nick='Dora' role='moderator'/>", [.rank(nick: "Dora", .assistant)]),
            ("<item nick='Dora' affiliation='member'/>", [.rank(nick: "Dora", .voiced)]),
            ("<item nick='Dora' affiliation='admin'/>", [.rank(nick: "Dora", .operator)]),
            ("<item nick='Dora' affiliation='owner'/>", [.rank(nick: "Dora", .owner)]),
            ("<item nick='Bob' affiliation='none'/>", [.rank(nick: "Bob", .none)]),
            ("<item jid='carl%net@gw.test' affiliation='none'/>", [.rank(nick: "Carl", .none)]),
            ("<item jid='#harbour%net@gw.test/Carl' affiliation='admin'/>", [.rank(nick: "Carl", .operator)]),
            (
                "<item nick='Dora' affiliation='outcast'><reason>r</reason></item>",
                [.add(ListEntry("Dora", reason: "r"), to: .bans), .kick(nick: "Dora", reason: "r")]
            ),
            ("<item jid='eve%net@gw.test' affiliation='outcast'/>", [.add(ListEntry("eve"), to: .bans)]),
            ("<item jid='eve%net@gw.test' affiliation='none'/>", [.remove(pattern: "eve", from: .bans)]),
            ("<item jid='*!*\\40bad%net@gw.test' affiliation='outcast'/>", [.add(ListEntry("*!*@bad"), to: .bans)]),
            (
                "<item jid='*!*\\40bad%net@gw.test' affiliation='none'/>",
                [.remove(pattern: "*!*@bad", from: .bans), .remove(pattern: "*!*@bad", from: .inviteExceptions)]
            ),
            ("<item jid='*!*@bad.test' affiliation='outcast'/>", [.add(ListEntry("*!*@bad.test"), to: .bans)]),
            (
                "<item jid='*!*@bad/x' affiliation='none'/>",
                [.remove(pattern: "*!*@bad/x", from: .bans), .remove(pattern: "*!*@bad/x", from: .inviteExceptions)]
            ),
            (
                "<item jid='*!*\\40x%net@gw.test' affiliation='member'/>",
                [.add(ListEntry("*!*@x"), to: .inviteExceptions)]
            ),
        ] as [(String, [RoomChange])])
    func changes(item: String, expected: [RoomChange]) throws {
        let scene = try scene()
        try ask(scene, "set", item)
        let asked = scene.takeRequests()
        #expect(asked.map(\.action) == expected.map { .room(Scene.room, $0) })
        for request in asked {
            #expect(scene.iqs.isEmpty, "the answer comes after the last outcome")
            answer(scene, request)
        }
        #expect(scene.iqs.map(\.type) == [.result] && scene.iqs.first?.head.id == "q")
    }

    @Test(
        "voice is given and taken in a moderated room only (§8.3, §8.4)",
        arguments: [
            ([.moderated], "<item nick='Dora' role='participant'/>", [.rank(nick: "Dora", .voiced)]),
            ([.moderated], "<item nick='Carl' role='visitor'/>", [.rank(nick: "Carl", .none)]),
            ([], "<item nick='Dora' role='participant'/>", []),
        ] as [(RoomProperties, String, [RoomChange])])
    func voice(properties: RoomProperties, item: String, expected: [RoomChange]) throws {
        let scene = try scene(properties)
        try ask(scene, "set", item)
        #expect(scene.takeRequests().map(\.action) == expected.map { .room(Scene.room, $0) })
        if expected.isEmpty { #expect(scene.iqs.map(\.type) == [.result]) }
    }

    @Test(
        "where the network has quiets, `visitor` adds an entry to them, and `participant` removes it",
        arguments: ["visitor", "participant"])
    func quiet(role: String) throws {
        let scene = try scene()
        scene.capabilities = Capabilities([.text: .full, .rank: .full, .quiets: .full, .join: .full])
        try ask(scene, "set", "<item nick='Dora' role='\(role)'/>")
        let expected: RoomChange =
            role == "visitor" ? .add(ListEntry("Dora"), to: .quiets) : .remove(pattern: "Dora", from: .quiets)
        #expect(scene.takeRequests().map(\.action) == [.room(Scene.room, expected)])
    }

    @Test(
        "an invalid item is refused with the condition of its section, and nothing is changed",
        arguments: [
            ("<item nick='nobody' role='none'/>", .itemNotFound), ("<item affiliation='member'/>", .badRequest),
            ("<item nick='Dora'/>", .badRequest), ("<item nick='Dora' role='none' affiliation='none'/>", .badRequest),
            ("<item nick='Bob' role='participant'/>", .notAllowed), ("<item nick='Bob' role='visitor'/>", .notAllowed),
            ("<item nick='anna' affiliation='outcast'/>", .conflict),
            ("<item jid='eve@home.test' affiliation='outcast'/>", .itemNotFound),
            ("<item jid='eve%net@gw.test' affiliation='admin'/>", .itemNotFound),
            ("<item jid='eve%net@gw.test' role='none'/>", .itemNotFound),
            ("<item jid='net@gw.test' affiliation='outcast'/>", .itemNotFound),
            ("<item nick='Dora' role='king'/>", .badRequest), ("<item nick='' role='none'/>", .badRequest),
            ("<item nick='' affiliation='outcast'/>", .badRequest),
            ("<item nick='Dora' role='none'/><item nick='nobody' role='none'/>", .itemNotFound),
        ] as [(String, StanzaError.Condition)])
    func nonsense(item: String, condition: StanzaError.Condition) throws {
        let scene = try scene()
        try ask(scene, "set", item)
        #expect(scene.iqs.map(\.stanzaError?.condition) == [condition] && scene.requests.isEmpty)
    }

    @Test(
        "where nobody can be silenced, a wish for it is refused, and nothing is changed (§8.4)",
        arguments: ["Dora", "Carl"])
    func noQuiets(nick: String) throws {
        let scene = try scene()
        try ask(scene, "set", "<item nick='\(nick)' role='visitor'/>")
        #expect(scene.iqs.map(\.stanzaError?.condition) == [.notAllowed] && scene.requests.isEmpty)
    }

    @Test(
        "items of several kinds in one query are all done, in their order",
        arguments: [
            (
                "<item nick='Dora' role='none'/><item nick='Carl' affiliation='admin'/>",
                [.kick(nick: "Dora", reason: nil), .rank(nick: "Carl", .operator)]
            ),
            (
                "<item nick='Dora' affiliation='member'/><item nick='Carl' affiliation='none'/>",
                [.rank(nick: "Dora", .voiced), .rank(nick: "Carl", .none)]
            ),
            (
                "<item nick='Dora' affiliation='outcast'/><item nick='Carl' role='none'/>",
                [
                    .add(ListEntry("Dora"), to: .bans), .kick(nick: "Dora", reason: nil),
                    .kick(nick: "Carl", reason: nil),
                ]
            ),
        ] as [(String, [RoomChange])])
    func severalKinds(items: String, expected: [RoomChange]) throws {
        let scene = try scene()
        try ask(scene, "set", items)
        let asked = scene.takeRequests()
        #expect(asked.map(\.action) == expected.map { .room(Scene.room, $0) })
        for request in asked { answer(scene, request) }
        #expect(scene.iqs.map(\.type) == [.result])
    }

    @Test(
        "several items are all done, and the query is answered once, with the first refusal", arguments: [true, false])
    func several(isRefused: Bool) throws {
        let scene = try scene()
        try ask(scene, "set", "<item nick='Dora' role='none'/><item nick='Carl' role='none'/>")
        let asked = scene.takeRequests()
        #expect(
            asked.map(\.action) == ["Dora", "Carl"].map { .room(Scene.room, .kick(nick: $0, reason: nil)) })
        answer(scene, asked[1], isRefused ? Failure(.forbidden, "no") : nil)
        #expect(scene.iqs.isEmpty)
        answer(scene, asked[0])
        #expect(scene.iqs.map(\.stanzaError?.condition) == [isRefused ? .forbidden : nil])
    }

    @Test("the occupant whom the user has banned leaves with 301 and as outcast, and others' kicks stay 307")
    func banned() throws {
        let scene = try scene()
        try ask(scene, "set", "<item nick='Dora' affiliation='outcast'/>")
        scene.forgetSent()
        for nick in ["Dora", "Carl"] {
            let kick = Departure.kicked(by: "anna", reason: "out")
            scene.event(.room(Scene.room, .occupantLeft(nick: nick, kick)), network: "net")
        }
        let users = try scene.presences.map { try MUCUser(try #require($0.payload.first)) }
        #expect(users.map(\.statuses) == [[301], [307]])
        #expect(users.map(\.items.first?.affiliation) == [.outcast, MUC.Affiliation.none])
    }

    @Test("the list of outcasts is the network's list of bans, with masks as they are")
    func bans() throws {
        let scene = try scene()
        try ask(scene, "get", "<item affiliation='outcast'/>")
        let request = try scene.takeRequest()
        #expect(request.action == .ask(.list(Scene.room, .bans)) && scene.iqs.isEmpty)
        let entries = [ListEntry("*!*@bad.test", author: "Bob"), ListEntry("eve!*@*")]
        scene.event(.answer(request.id, .list(entries)), network: "net")
        let items = try MUCAdmin(try #require(scene.iqs.first?.payload.first)).items
        #expect(items.map(\.affiliation) == [.outcast, .outcast])
        #expect(items.map(\.jid?.description) == [#"*!*\40bad.test%net@gw.test"#, #"eve!*\40*%net@gw.test"#])
        #expect(items.map(\.reason) == ["*!*@bad.test set by Bob", "eve!*@*"])
        // The JID of the list leads back to the mask.
        scene.forget()
        try ask(scene, "set", "<item jid='\(try #require(items[0].jid))' affiliation='none'/>")
        #expect(
            scene.takeRequests().first?.action == .room(Scene.room, .remove(pattern: "*!*@bad.test", from: .bans)))
    }

    @Test("a mask is removed from the list that has it, and it is an error if no list does", arguments: [0, 1, 2])
    func unlisted(having: Int) throws {
        let scene = try scene()
        try ask(scene, "set", "<item jid='*!*\\40x%net@gw.test' affiliation='none'/>")
        let missing = Failure(.notFound, "no such entry")
        for (index, request) in scene.takeRequests().enumerated() {
            answer(scene, request, index == having ? nil : missing)
        }
        #expect(scene.iqs.map(\.stanzaError?.condition) == [having < 2 ? nil : .itemNotFound])
    }

    @Test("the list of members has the voiced occupants and the network's invite exceptions")
    func members() throws {
        let scene = try scene()
        try ask(scene, "get", "<item affiliation='member'/>")
        let request = try scene.takeRequest()
        #expect(request.action == .ask(.list(Scene.room, .inviteExceptions)))
        scene.event(.answer(request.id, .list([ListEntry("*!*@friend")])), network: "net")
        let items = try MUCAdmin(try #require(scene.iqs.first?.payload.first)).items
        #expect(items.map(\.nick) == ["Carl", nil] && items.map(\.affiliation) == [.member, .member])
    }

    @Test("a request for two lists is refused, because its answer could not tell them apart")
    func twoLists() throws {
        let scene = try scene()
        try ask(scene, "get", "<item affiliation='owner'/><item affiliation='admin'/>")
        #expect(scene.iqs.map(\.stanzaError?.condition) == [.badRequest])
    }

    @Test("a list that the network refuses, or does not have, is an error and not an empty list")
    func refusedList() throws {
        let scene = try scene()
        try ask(scene, "get", "<item affiliation='outcast'/>")
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.forbidden, "no"))), network: "net")
        #expect(scene.iqs.map(\.stanzaError?.condition) == [.forbidden])
        scene.forget()
        scene.capabilities = Capabilities([.text: .full, .join: .full])
        try ask(scene, "get", "<item affiliation='outcast'/>")
        #expect(scene.iqs.map(\.stanzaError?.condition) == [.featureNotImplemented] && scene.requests.isEmpty)
    }

    // MARK: Configuration

    private func configure(_ scene: Scene, _ type: String, _ content: String) throws {
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='\(type)' id='c'><query xmlns='\(MUCOwner.namespace)'>\(content)</query></iq>",
            to: "#harbour%net@gw.test")
    }

    private func submit(_ fields: [(String, String)]) -> String {
        DataForm(
            .submit,
            fields: [DataForm.formType("http://jabber.org/protocol/muc#roomconfig")]
                + fields.map { DataForm.Field($0, values: [$1]) }
        ).element.xml(defaultNamespace: Stanza.namespace)
    }

    @Test("an operator gets a form of the network's settings")
    func form() throws {
        let scene = try scene()
        try configure(scene, "get", "")
        let request = try scene.takeRequest()
        #expect(request.action == .ask(.settings(Scene.room)))
        let settings = RoomSettings([
            .init("moderated", label: "M", value: .flag(true)), .init("hidden", label: "H", value: .flag(true)),
            .init("password", label: "P", value: .secret(nil)), .init("limit", label: "L", value: .number(7)),
            .init("mode-x", label: "X", value: .flag(false)),
            .init("fixed", label: "F", value: .flag(true), isChangeable: false),
        ])
        scene.event(.answer(request.id, .settings(settings)), network: "net")
        let owner = try MUCOwner(try #require(scene.iqs.first?.payload.first))
        let form = try #require(owner.form)
        #expect(
            form.fields.map { "\($0.name ?? "")=\($0.values.first ?? "")" } == [
                "FORM_TYPE=http://jabber.org/protocol/muc#roomconfig", "muc#roomconfig_moderatedroom=1",
                "muc#roomconfig_publicroom=0", "muc#roomconfig_passwordprotectedroom=0", "muc#roomconfig_roomsecret=",
                "muc#roomconfig_maxusers=7", "mode-x=0",
            ])
    }

    @Test(
        "a submitted form becomes settings, and fields that are left out stay as they are",
        arguments: [
            (
                [("muc#roomconfig_moderatedroom", "1"), ("muc#roomconfig_publicroom", "1")],
                ["moderated": .flag(true), "hidden": .flag(false)]
            ),
            (
                [("muc#roomconfig_passwordprotectedroom", "1"), ("muc#roomconfig_roomsecret", "sesame")],
                ["password": .secret(Secret("sesame"))]
            ),
            (
                [("muc#roomconfig_passwordprotectedroom", "0"), ("muc#roomconfig_roomsecret", "x")],
                ["password": .secret(nil)]
            ),
            ([("muc#roomconfig_maxusers", "none")], ["limit": .number(nil)]),
            ([("muc#roomconfig_maxusers", "12"), ("mode-j", "3:5")], ["limit": .number(12), "mode-j": .text("3:5")]),
        ] as [([(String, String)], [String: SettingValue])])
    func submitted(fields: [(String, String)], expected: [String: SettingValue]) throws {
        let scene = try scene()
        try configure(scene, "set", submit(fields))
        let request = try scene.takeRequest()
        #expect(request.action == .room(Scene.room, .settings(expected)) && scene.iqs.isEmpty)
        answer(scene, request)
        #expect(scene.iqs.map(\.type) == [.result])
    }

    @Test(
        "values that a field cannot have, and the destruction of the room, are refused",
        arguments: [
            ("<destroy/>", .notAllowed), ("", .badRequest),
            (
                "<x xmlns='jabber:x:data' type='submit'><field var='muc#roomconfig_maxusers'><value>-1</value></field></x>",
                .notAcceptable
            ),
            (
                "<x xmlns='jabber:x:data' type='submit'><field var='muc#roomconfig_moderatedroom'><value>x</value></field></x>",
                .notAcceptable
            ),
            (
                "<x xmlns='jabber:x:data' type='submit'><field var='muc#roomconfig_passwordprotectedroom'><value>1</value></field><field var='muc#roomconfig_roomsecret'><value/></field></x>",
                .notAcceptable
            ),
        ] as [(String, StanzaError.Condition)])
    func wrong(content: String, condition: StanzaError.Condition) throws {
        let scene = try scene()
        try configure(scene, "set", content)
        #expect(scene.iqs.map(\.stanzaError?.condition) == [condition] && scene.requests.isEmpty)
    }

    @Test("a cancelled and an empty form change nothing", arguments: ["cancel", "submit"])
    func nothing(type: String) throws {
        let scene = try scene()
        try configure(scene, "set", "<x xmlns='jabber:x:data' type='\(type)'/>")
        #expect(scene.iqs.map(\.type) == [.result] && scene.requests.isEmpty)
    }

    @Test("a user who is no operator may not configure the room", arguments: ["get", "set"])
    func forbidden(type: String) throws {
        let scene = try scene()
        scene.event(.room(Scene.room, .occupantChanged(Scene.occupant("anna", .voiced))), network: "net")
        scene.forget()
        try configure(scene, type, type == "get" ? "" : submit([("muc#roomconfig_moderatedroom", "1")]))
        #expect(scene.iqs.map(\.stanzaError?.condition) == [.forbidden] && scene.requests.isEmpty)
    }
}
