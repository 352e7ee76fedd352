import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Rosters and privileges")
struct RosterTests {
    private static let grant =
        "<privilege xmlns='urn:xmpp:privilege:2'><perm access='roster' type='both'/>"
        + "<perm access='message' type='outgoing'/></privilege>"

    private func grant(_ scene: Scene, _ xml: String = grant, from server: String = "home.test") throws {
        try scene.receive(from: server, "<message to='gw.test'>\(xml)</message>")
    }

    private func register(_ scene: Scene) throws {
        try scene.receive(
            from: "new@home.test/a",
            "<iq type='set' id='r' to='gw.test'><query xmlns='jabber:iq:register'><phone>+15550101</phone></query>"
                + "</iq>")
    }

    private func scene(grants: Bool = true, roster: CoreSettings.RosterEntries = .gateway) throws -> Scene {
        let scene = try Scene(StoredRules(), snapshot: GatewaySnapshot(accounts: [StoredDeliveryTests.account])) {
            $0.roster = roster
        }
        if grants { try grant(scene) }
        return scene
    }

    private func item(_ query: (IQ, QueryTag)?) throws -> RosterItem {
        let payload = try #require(query?.0.payload.first)
        let items = try RosterQuery(payload).items
        return try #require(items.first)
    }

    @Test("a new user gets the gateway into the roster without a question, and it is a contact")
    func privileged() throws {
        let scene = try scene()
        try register(scene)
        let query = try #require(scene.queries.last)
        #expect(query.0.head.to?.description == "new@home.test" && query.0.type == .set)
        let item = try item(query)
        #expect(item.jid.description == "gw.test" && item.name == "Phone gateway" && item.subscription == .both)
        #expect(!scene.presences.contains { $0.type == .subscribe })
        scene.forget()
        scene.post(.answered(query.1, query.0.result()))
        #expect(scene.changes.compactMap { $0.of(SaveContact.self)?.contact.localpart } == [""])
        #expect(scene.presences.map(\.type) == [.available, .probe])
        try scene.receive(from: "new@home.test/a", "<presence type='probe' to='gw.test'/>")
        #expect(scene.presences.last?.type == .available)
    }

    /// The presences of the gateway's own address to a client of the new user, or to all of them.
    private func ownPresences(in scene: Scene) -> [String] {
        scene.presences.filter { $0.type == .available && $0.head.from?.bare.description == "gw.test" }
            .compactMap { $0.head.to?.description }
    }

    @Test("a new user gets the presence of the gateway once: all clients at once, and a later client at its login")
    func onePresence() throws {
        let scene = try scene()
        try register(scene)
        let query = try #require(scene.queries.last)
        scene.forget()
        scene.post(.answered(query.1, query.0.result()))
        // The client asks for the gateway's presence, too, and answers the gateway's probe.
        try scene.receive(from: "new@home.test", "<presence type='subscribe' to='gw.test'/>")
        try scene.receive(from: "new@home.test/a", "<presence to='gw.test'/>")
        #expect(ownPresences(in: scene) == ["new@home.test"])
        // The server of a client that comes now sends its presence and a probe.
        for isProbeFirst in [true, false] {
            scene.forget()
            let client = isProbeFirst ? "new@home.test/b" : "new@home.test/c"
            let stanzas = ["<presence type='probe' to='gw.test'/>", "<presence to='gw.test'/>"]
            for stanza in isProbeFirst ? stanzas : stanzas.reversed() { try scene.receive(from: client, stanza) }
            #expect(ownPresences(in: scene) == [client])
        }
        scene.advance(by: .seconds(5))
        scene.forget()
        try scene.receive(from: "new@home.test/d", "<presence to='gw.test'/>")
        #expect(ownPresences(in: scene) == ["new@home.test/d"])
    }

    @Test("a server that refuses what it has granted is not asked again: the gateway asks the user, with words")
    func broken() throws {
        let scene = try scene()
        try register(scene)
        let query = try #require(scene.queries.last)
        scene.post(.answered(query.1, query.0.error(StanzaError(.internalServerError, as: .temporary))))
        let request = try #require(scene.queries.last)
        #expect(try RosterManagement(request.0.payload[0]).step == .request)
        scene.post(.answered(request.1, request.0.error(StanzaError(.serviceUnavailable))))
        let asked = try #require(scene.presences.first { $0.type == .subscribe })
        #expect(asked.status?.isEmpty == false)
    }

    @Test("without a privilege, a user who allows it by remote roster management gets the gateway into the roster")
    func managed() throws {
        let scene = try scene(grants: false)
        try register(scene)
        let request = try #require(scene.queries.last)
        scene.post(.answered(request.1, request.0.result()))
        #expect(scene.queries.count == 1)
        try scene.receive(
            from: "new@home.test",
            "<iq type='set' id='m' to='gw.test'><query xmlns='urn:xmpp:tmp:roster-management:0' type='allowed'/></iq>")
        #expect(try item(scene.queries.last).jid.description == "gw.test")
    }

    @Test("a client cannot tell in the server's place that the gateway may manage the roster")
    func forgedPermission() throws {
        let scene = try scene(grants: false)
        try register(scene)
        try scene.receive(
            from: "new@home.test/a",
            "<iq type='set' id='m' to='gw.test'><query xmlns='urn:xmpp:tmp:roster-management:0' type='allowed'/></iq>")
        #expect(scene.iqs.last?.stanzaError?.condition == .forbidden)
    }

    @Test("people who write are put into the roster if the operator wants it, with a name that can be read")
    func people() throws {
        let scene = try scene(roster: .people)
        let message = InboundMessage(
            from: .peer(PeerAddress(network: StoredRules.network, name: "+15550199")), displayName: "Ben", text: "hi",
            id: MessageID("p1"))
        scene.event(.message(message), network: "phone", token: 1)
        let item = try item(scene.queries.last)
        #expect(item.jid.description == "+15550199@gw.test" && item.name == "Ben" && item.groups == ["Phone"])
    }

    @Test("people are proposed only to a client that says it takes proposals", arguments: [true, false])
    func exchange(takes: Bool) throws {
        let scene = try scene(grants: false, roster: .people)
        let message = InboundMessage(
            from: .peer(PeerAddress(network: StoredRules.network, name: "+15550199")), displayName: "Ben", text: "hi",
            id: MessageID("p1"))
        scene.event(.message(message), network: "phone", token: 1)
        let request = try #require(scene.queries.last)
        scene.post(.answered(request.1, request.0.error(StanzaError(.serviceUnavailable))))
        scene.forget()
        try scene.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        let (iq, tag) = try #require(scene.queries.last)
        let info = DiscoInfo(features: takes ? [RosterExchange.namespace] : [])
        scene.post(.answered(tag, iq.result(info.element)))
        let proposals = scene.messages.compactMap { $0.first("x", namespace: RosterExchange.namespace) }
        #expect(proposals.count == (takes ? 1 : 0))
        if takes { #expect(try RosterExchange(proposals[0]).items.map(\.name) == ["Ben"]) }
    }

    @Test("a user who unregisters loses the entries that the gateway has made, and keeps those of its own")
    func unregister() throws {
        let scene = try scene()
        for number in ["+15550197", "+15550198", "+15550199"] {
            try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='\(number)@gw.test'/>")
        }
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='u' to='gw.test'><query xmlns='jabber:iq:register'><remove/></query></iq>")
        let reading = try #require(scene.queries.last)
        #expect(reading.0.type == .get)
        let items = try [
            RosterItem(JID("+15550197@gw.test"), name: "Mum", subscription: .both, groups: ["Family"]),
            RosterItem(JID("+15550198@gw.test"), subscription: .both),
            RosterItem(JID("+15550199@gw.test"), name: "BANK", subscription: .both, groups: ["Phone"]),
            RosterItem(JID("mallory@other.test"), subscription: .both, groups: ["Phone"]),
        ]
        scene.post(.answered(reading.1, reading.0.result(RosterQuery(items).element)))
        let ended = scene.presences.filter { $0.type == .unsubscribed }.compactMap { $0.head.from?.local }
        #expect(Set(ended).isSuperset(of: ["+15550197", "+15550198", "+15550199"]), "all subscriptions end")
        var removed: [String] = []
        while removed.count < 2, let query = scene.queries.last, try item(query).subscription == .remove {
            removed.append(try item(query).jid.description)
            scene.post(.answered(query.1, query.0.result()))
        }
        #expect(Set(removed) == ["gw.test", "+15550199@gw.test"])
    }

    @Test("only the bare domain of a server grants privileges, and they end with the stream")
    func onlyServers() throws {
        let scene = try scene(grants: false)
        try grant(scene, from: "mallory@home.test")
        try grant(scene, from: "home.test/x")
        #expect(scene.privileges.grant(for: try JID("anna@home.test")) == nil)
        try grant(scene)
        #expect(scene.privileges.grant(for: try JID("anna@home.test"))?.roster == .both)
        #expect(scene.privileges.grant(for: try JID("anna@other.test")) == nil)
        scene.post(.linkClosed)
        #expect(scene.privileges.grant(for: try JID("anna@home.test")) == nil)
    }

    @Test("a hundred strange servers take the place neither of the gateway's own nor of those whose users may use it")
    func ownServer() throws {
        let scene = try Scene(StoredRules()) {
            $0.domain = (try? JID("gw.home.test")) ?? $0.domain
            $0.allows = { $0.domain == "named.test" }
        }
        for number in 0..<100 {
            try scene.receive(from: "s\(number).test", "<message to='gw.home.test'>\(Self.grant)</message>")
        }
        for server in ["home.test", "named.test", "late.test"] {
            try scene.receive(from: server, "<message to='gw.home.test'>\(Self.grant)</message>")
        }
        #expect(scene.privileges.grant(for: try JID("anna@home.test"))?.roster == .both)
        #expect(scene.privileges.grant(for: try JID("ben@named.test"))?.roster == .both)
        #expect(scene.privileges.grant(for: try JID("anna@late.test")) == nil)
    }

    @Test("a server grants privileges only if some of its users may use the gateway, or if it is the gateway's parent")
    func strangers() throws {
        let scene = try Scene(StoredRules()) {
            $0.domain = (try? JID("gw.home.test")) ?? $0.domain
            $0.allows = { $0.domain == "named.test" || $0.description == "ben@some.test" }
            $0.allowsSomeOf = { $0 == "some.test" }
        }
        for server in ["home.test", "named.test", "some.test", "evil.test"] {
            try scene.receive(from: server, "<message id='g' to='gw.home.test'>\(Self.grant)</message>")
        }
        #expect(scene.messages.map(\.head.to?.description) == ["evil.test"])
        for (server, isGranted) in [("home", true), ("named", true), ("some", true), ("evil", false)] {
            #expect((scene.privileges.grant(for: try JID("x@\(server).test")) != nil) == isGranted, "\(server)")
        }
    }

    @Test("namespaces of queries are found however deep a server nests them")
    func nested() throws {
        let xml =
            "<privilege xmlns='urn:xmpp:privilege:2'><perm access='iq'><namespace ns='a' type='both'>"
            + "<namespace ns='b' type='get'/></namespace></perm></privilege>"
        let grant = try PrivilegeGrant(try Element(parsing: xml, defaultNamespace: Stanza.namespace))
        #expect(grant.queries == ["a": .both, "b": .get])
    }

    // MARK: Limits

    @Test("grants beyond ten at once are refused, and an equal grant has no effect")
    func grantFlood() throws {
        let scene = try scene(grants: false)
        for number in 0..<10_000 {
            try grant(scene, "<privilege xmlns='urn:xmpp:privilege:\(number % 3)'/>", from: "evil.test")
        }
        #expect(scene.messages.count == 9_990 && scene.messages.allSatisfy { $0.stanzaError?.type == .wait })
        #expect(scene.logLines("the XMPP server grants privileges") <= 10)
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        scene.forget()
        try grant(scene, from: "evil.test")
        #expect(scene.messages.count == 0, "after a reconnect each server may grant again")
    }

    @Test("the grant of the 101st server is ignored, and the log says so")
    func manyServers() throws {
        let scene = try scene(grants: false)
        for number in 0..<101 { try grant(scene, from: "s\(number).test") }
        #expect(scene.privileges.grant(for: try JID("x@s99.test")) != nil)
        #expect(scene.privileges.grant(for: try JID("x@s100.test")) == nil)
        #expect(scene.logged.filter { $0.hasPrefix("too many servers grant privileges") }.count == 1)
    }

    @Test("only the first hundred namespaces of a grant are read")
    func manyNamespaces() throws {
        let names = (0..<1_000).map { "<namespace ns='n\($0)' type='both'/>" }.joined()
        let xml = "<privilege xmlns='urn:xmpp:privilege:2'><perm access='iq'>\(names)</perm></privilege>"
        let grant = try PrivilegeGrant(try Element(parsing: xml, defaultNamespace: Stanza.namespace))
        #expect(grant.queries.count == 100)
    }

    // MARK: Wishes

    @Test("an addition that is answered after the user has unregistered adds no contact, and the entry is removed")
    func lateAddition() throws {
        let scene = try scene()
        try register(scene)
        try scene.receive(from: "new@home.test", "<presence type='subscribe' to='gw.test'/>")
        let addition = try #require(scene.queries.last { $0.0.type == .set })
        try scene.receive(
            from: "new@home.test/a",
            "<iq type='set' id='u' to='gw.test'><query xmlns='jabber:iq:register'><remove/></query></iq>")
        let stored = scene.changes.count { $0.of(SaveContact.self) != nil }
        scene.post(.answered(addition.1, addition.0.result()))
        #expect(scene.changes.count { $0.of(SaveContact.self) != nil } == stored)
        let reading = try #require(scene.queries.last)
        scene.post(.answered(reading.1, reading.0.result(RosterQuery().element)))
        let removal = try item(scene.queries.last)
        #expect(removal.subscription == .remove && removal.jid.description == "gw.test")
    }

    @Test("five thousand contacts end with one query at a time, and with none without a privilege")
    func manyContacts() throws {
        let contacts = (0..<5_000).map {
            ContactRecord(gateway: "gw.test", user: UserID("anna@home.test"), localpart: "+1777\(1_000_000 + $0)")
        }
        for grants in [true, false] {
            let scene = try Scene(
                StoredRules(), snapshot: GatewaySnapshot(accounts: [StoredDeliveryTests.account]), contacts: contacts)
            if grants { try grant(scene) }
            _ = try scene.command("delete-data", ["confirm": ["1"]])
            #expect(scene.queries.count == (grants ? 1 : 0))
        }
    }

    @Test("twenty clients are asked whether they take proposals, and a client that has gone is asked again")
    func manyClients() throws {
        let scene = try scene(grants: false, roster: .people)
        let message = InboundMessage(
            from: .peer(PeerAddress(network: StoredRules.network, name: "+15550199")), displayName: "Ben", text: "hi",
            id: MessageID("p1"))
        scene.event(.message(message), network: "phone", token: 1)
        let before = scene.queries.count
        for number in 0..<100 { try scene.receive(from: "anna@home.test/r\(number)", "<presence to='gw.test'/>") }
        #expect(scene.queries.count == before + 20)
        try scene.receive(from: "anna@home.test/r0", "<presence type='unavailable' to='gw.test'/>")
        try scene.receive(from: "anna@home.test/r0", "<presence to='gw.test'/>")
        #expect(scene.queries.count == before + 21)
    }

    @Test("a contact that is being added by privilege is not proposed to a client")
    func notProposed() throws {
        let scene = try scene(roster: .people)
        let message = InboundMessage(
            from: .peer(PeerAddress(network: StoredRules.network, name: "+15550199")), displayName: "Ben", text: "hi",
            id: MessageID("p1"))
        scene.event(.message(message), network: "phone", token: 1)
        scene.forget()
        try scene.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        let (iq, tag) = try #require(scene.queries.last)
        scene.post(.answered(tag, iq.result(DiscoInfo(features: [RosterExchange.namespace]).element)))
        #expect(scene.messages.compactMap { $0.first("x", namespace: RosterExchange.namespace) }.isEmpty)
    }
}
