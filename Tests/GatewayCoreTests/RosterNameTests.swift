import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Names in the roster")
struct RosterNameTests {
    /// A scene whose server lets the gateway read and change rosters. The user has the gateway and two people as
    /// contacts.
    private func scene(_ access: String = "both", contacts: Bool = true) throws -> Scene {
        let scene = try Scene(LiveRules()) { $0.roster = .gateway }
        try scene.receive(
            from: "home.test",
            "<message to='gw.test'><privilege xmlns='urn:xmpp:privilege:2'><perm access='roster' type='\(access)'/>"
                + "</privilege></message>")
        guard contacts else { return scene }
        for address in ["gw.test", "bob%net@gw.test", "eve%net@gw.test"] {
            try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='\(address)'/>")
        }
        return scene
    }

    private func isRead(_ query: (IQ, QueryTag)) -> Bool {
        query.0.type == .get && query.0.payload.first?.namespace == RosterItem.namespace
    }

    /// Answers the latest reading of the roster, and returns the items that the gateway changes. Each change succeeds.
    private func answer(_ items: [RosterItem], in scene: Scene) throws -> [RosterItem] {
        let before = scene.queries.count
        let (iq, tag) = try #require(scene.queries.last(where: isRead))
        #expect(iq.head.to?.description == "anna@home.test")
        scene.post(.answered(tag, iq.result(RosterQuery(items).element)))
        var changed: [RosterItem] = []
        var index = before
        while index < scene.queries.count {
            let query = scene.queries[index]
            index += 1
            guard query.0.type == .set else { continue }
            changed += try RosterQuery(try #require(query.0.payload.first)).items
            scene.post(.answered(query.1, query.0.result()))
        }
        return changed
    }

    @Test("contacts without a name, or with one made from the address, are named, and keep their groups")
    func named() throws {
        let scene = try scene()
        let bob = RosterItem(try JID("bob%net@gw.test"), subscription: .both, groups: ["Friends"])
        let eve = RosterItem(try JID("eve%net@gw.test"), name: "eve%net", subscription: .to)
        let gateway = RosterItem(try JID("gw.test"), subscription: .both)
        let changed = try answer([bob, eve, gateway], in: scene)
        #expect(changed.map(\.name) == ["bob (net)", "eve (net)", "Chat gateway"])
        #expect(changed.map(\.groups) == [["Friends"], [], []])
        #expect(changed.map(\.subscription) == [.both, .to, .both])
    }

    @Test("a name that the user chose stays, and so do strangers, other servers and entries without a subscription")
    func chosen() throws {
        let scene = try scene()
        let items = [
            RosterItem(try JID("bob%net@gw.test"), name: "Bobby", subscription: .both),
            RosterItem(try JID("eve%net@gw.test"), subscription: RosterItem.Subscription.none),
            RosterItem(try JID("dan%net@gw.test"), subscription: .both),
            RosterItem(try JID("bob%net@other.test"), subscription: .both),
            RosterItem(try JID("#harbour%net@gw.test"), subscription: .both),
        ]
        #expect(try answer(items, in: scene).isEmpty)
    }

    @Test("the roster is read when a client comes, once, and when a contact is new")
    func occasions() throws {
        let scene = try scene()
        _ = try answer([], in: scene)
        scene.advance(by: .seconds(5))
        _ = try answer([], in: scene)
        scene.advance(by: .seconds(5))
        let before = scene.queries.count(where: isRead)
        for resource in ["a", "b"] {
            try scene.receive(from: "anna@home.test/\(resource)", "<presence to='gw.test'/>")
        }
        #expect(scene.queries.count(where: isRead) == before + 1)
        _ = try answer([], in: scene)
        scene.advance(by: .seconds(5))
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='dan%net@gw.test'/>")
        #expect(scene.queries.count(where: isRead) == before + 2)
    }

    @Test("contacts that come while the roster is read, or soon after, have it read once more")
    func coalesced() throws {
        let scene = try scene()
        #expect(scene.queries.count(where: isRead) == 1, "three contacts were added")
        _ = try answer([], in: scene)
        for _ in 0..<100 {
            try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='bob%net@gw.test'/>")
        }
        #expect(scene.queries.count(where: isRead) == 1)
        scene.advance(by: .seconds(5))
        #expect(scene.queries.count(where: isRead) == 2)
        _ = try answer([], in: scene)
        scene.advance(by: .seconds(60))
        #expect(scene.queries.count(where: isRead) == 2)
    }

    @Test("a server that lets the gateway only read or only change rosters is not asked", arguments: ["get", "set"])
    func partial(access: String) throws {
        let scene = try scene(access)
        try scene.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        #expect(!scene.queries.contains(where: isRead))
    }

    @Test("a refused name is given up: the user is asked nothing")
    func refused() throws {
        let scene = try scene()
        _ = try answer([], in: scene)
        scene.advance(by: .seconds(5))
        let bob = RosterItem(try JID("bob%net@gw.test"), subscription: .both)
        let (iq, tag) = try #require(scene.queries.last(where: isRead))
        scene.forget()
        scene.post(.answered(tag, iq.result(RosterQuery([bob]).element)))
        let change = try #require(scene.queries.last { $0.0.type == .set })
        scene.post(.answered(change.1, change.0.error(StanzaError(.notAllowed))))
        #expect(
            scene.sent.isEmpty
                && !scene.queries.contains { $0.0.payload.first?.namespace == RosterManagement.namespace })
        try scene.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        #expect(scene.queries.count(where: isRead) == 2, "the server gets no further names")
    }

    @Test("a long roster is named in slices, each in a turn of its own")
    func slices() throws {
        let scene = try scene()
        let strangers = try (0..<600).map { RosterItem(try JID("p\($0)%net@gw.test"), subscription: .both) }
        let bob = RosterItem(try JID("bob%net@gw.test"), subscription: .both)
        #expect(try answer(strangers + [bob], in: scene).isEmpty)
        #expect(scene.timers.count { $0.tag.timer == Rosters.nameTimer } == 1)
        let before = scene.queries.count
        scene.advance(by: .zero)
        scene.advance(by: .zero)
        let changes = scene.queries[before...].filter { $0.0.type == .set }
        #expect(try changes.map { try RosterQuery($0.0.payload[0]).items.map(\.jid) } == [[bob.jid]])
        #expect(!scene.timers.contains { $0.tag.timer == Rosters.nameTimer })
    }

    // MARK: The command `add`

    @Test("`add` puts a person into the roster without a question, if the server lets the gateway do that")
    func add() throws {
        let scene = try scene(contacts: false)
        #expect(try scene.chat("add bob").isEmpty)
        let change = try #require(scene.queries.last)
        let item = try #require(try RosterQuery(change.0.payload[0]).items.first)
        #expect(item.jid.description == "bob%net@gw.test" && item.name == "bob (net)" && item.subscription == .both)
        scene.forget()
        scene.post(.answered(change.1, change.0.result()))
        #expect(scene.messages.map(\.body) == ["bob%net@gw.test is in your contact list now."])
        #expect(!scene.presences.contains { $0.type == .subscribe })
        #expect(try scene.chat("add bob") == ["bob%net@gw.test is one of your contacts already."])
    }

    @Test("`add` asks the user to confirm, if the server refuses the change, or if the privilege has gone")
    func addRefused() throws {
        let words = "Your client now shows a request from bob%net@gw.test."
        let scene = try scene(contacts: false)
        _ = try scene.chat("add bob")
        let change = try #require(scene.queries.last)
        scene.post(.answered(change.1, change.0.error(StanzaError(.notAllowed))))
        #expect(scene.messages.last?.body?.hasPrefix(words) == true)
        #expect(scene.presences.last?.type == .subscribe)

        let other = try self.scene(contacts: false)
        _ = try other.chat("add bob")
        other.post(.linkClosed)
        other.post(.linkOpened)
        try other.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        #expect(other.messages.last?.body?.hasPrefix(words) == true)
    }
}
