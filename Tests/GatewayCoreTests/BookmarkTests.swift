import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Bookmarks of rooms")
struct BookmarkTests {
    private static let grant =
        "<privilege xmlns='urn:xmpp:privilege:2'><perm access='iq'>"
        + "<namespace ns='http://jabber.org/protocol/pubsub' type='both'/></perm></privilege>"

    private func scene() throws -> Scene {
        let scene = try Scene(LiveRules()) { $0.bookmarksRooms = true }
        try scene.receive(from: "home.test", "<message to='gw.test'>\(Self.grant)</message>")
        try scene.join()
        scene.joined()
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        return scene
    }

    private func inner(_ query: (IQ, QueryTag)?) throws -> IQ {
        let element = try #require(query?.0.payload.first?.elements.first)
        return try IQ(element)
    }

    private func answer(_ scene: Scene, _ inner: IQ) throws {
        let (iq, tag) = try #require(scene.queries.last)
        var forwarded = Element("forwarded", namespace: "urn:xmpp:forward:0")
        forwarded.append(inner.element)
        var privilege = Element("privilege", namespace: "urn:xmpp:privilege:2")
        privilege.append(forwarded)
        scene.post(.answered(tag, iq.result(privilege)))
    }

    @Test("a room that is entered becomes a bookmark, unless there is one")
    func entered() throws {
        let scene = try scene()
        let request = try inner(scene.queries.last)
        #expect(request.type == .get && scene.queries.count == 1)
        try answer(scene, request.error(StanzaError(.itemNotFound)))
        let publication = try inner(scene.queries.last)
        #expect(publication.type == .set)
        let item = publication.payload.first?.elements.first?.elements.first
        #expect(item?[attribute: "id"] == "#harbour%net@gw.test")
        let bookmark = try RoomBookmark(try #require(item?.elements.first))
        #expect(bookmark.isEntered && bookmark.nick == "anna")
    }

    @Test(
        "after a long break, the bookmark is stored again as it is, unless the user does not enter the room by it",
        arguments: [true, false])
    func returned(isEntered: Bool) throws {
        let scene = try scene()
        try answer(scene, try inner(scene.queries.last).error(StanzaError(.itemNotFound)))
        try answer(scene, try inner(scene.queries.last).result())
        let asked = scene.queries.count
        scene.event(.room(Scene.room, .left(.disconnected(reason: "Gone."))), network: "net")
        scene.advance(by: CoreSettings.Limits().longestBreak)
        scene.joined()
        #expect(scene.queries.count == asked + 1)
        let request = try inner(scene.queries.last)
        #expect(request.type == .get && request.head.to?.description == "anna@home.test")
        var bookmark = RoomBookmark(name: "Quay", isEntered: isEntered, nick: "Anna").element
        bookmark.append(Element("extensions", namespace: "urn:other", text: "kept"))
        let items = PublishedItem(node: RoomBookmark.namespace, id: "#harbour%net@gw.test", payload: bookmark).element
        try answer(scene, request.result(items))
        guard isEntered else { return #expect(scene.queries.count == asked + 1) }
        let publication = try inner(scene.queries.last)
        let item = publication.payload.first?.elements.first?.elements.first
        #expect(publication.type == .set && item?[attribute: "id"] == "#harbour%net@gw.test")
        #expect(item?.elements.first == bookmark)
    }

    @Test("when a user unregisters, the bookmarks that the gateway has made are removed, and no others")
    func unregistered() throws {
        let scene = try scene()
        let request = try inner(scene.queries.last)
        try answer(scene, request.error(StanzaError(.itemNotFound)))
        let publication = try inner(scene.queries.last)
        let made = try #require(publication.payload.first?.elements.first?.elements.first)
        try answer(scene, publication.result())
        _ = try scene.command("delete-data", ["confirm": ["1"]])
        let reading = try inner(scene.queries.last)
        #expect(reading.type == .get)
        let own = PublishedItem(
            node: RoomBookmark.namespace, id: "#quay%net@gw.test", payload: RoomBookmark(isEntered: true).element)
        let foreign = PublishedItem(
            node: RoomBookmark.namespace, id: "room@other.test",
            payload: RoomBookmark(isEntered: true, maker: "gw.test").element)
        var items = try #require(own.element.elements.first)
        items.append(made)
        for item in foreign.element.elements.first?.elements ?? [] { items.append(item) }
        var all = Element("pubsub", namespace: "http://jabber.org/protocol/pubsub")
        all.append(items)
        let before = scene.queries.count
        try answer(scene, reading.result(all))
        #expect(scene.queries.count == before + 1)
        let removal = try inner(scene.queries.last)
        let retract = try #require(removal.payload.first?.elements.first)
        #expect(removal.type == .set && retract.name == "retract" && retract[attribute: "notify"] == "true")
        #expect(retract.elements.first?[attribute: "id"] == "#harbour%net@gw.test")
    }

    @Test("a bookmark that exists stays as it is")
    func existing() throws {
        let scene = try scene()
        let request = try inner(scene.queries.last)
        let item = PublishedItem(
            node: RoomBookmark.namespace, id: "#harbour%net@gw.test",
            payload: RoomBookmark(isEntered: false).element)
        try answer(scene, request.result(item.element))
        #expect(scene.queries.count == 1)
    }

    /// Lets anna enter another room.
    private func enter(_ name: String, _ scene: Scene) throws {
        try scene.receive(
            from: "anna@home.test/a",
            "<presence to='\(name)%net@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        let room = RoomAddress(network: LiveRules.network, name: name)
        scene.event(
            .room(room, .joined(JoinedRoom(nick: "anna", occupants: [Scene.occupant("anna")], topic: nil))),
            network: "net")
        for request in scene.takeRequests() { scene.event(.outcome(request.id, .accepted(as: nil)), network: "net") }
    }

    private func leave(_ scene: Scene) throws {
        try scene.receive(
            from: "anna@home.test/a", "<presence type='unavailable' to='#harbour%net@gw.test/anna'/>")
        scene.event(.room(Scene.room, .left(.left(reason: nil))), network: "net")
        for request in scene.takeRequests() { scene.event(.outcome(request.id, .accepted(as: nil)), network: "net") }
    }

    @Test("a room whose query or publication failed is tried again at the next entry, and the log tells it once")
    func failed() throws {
        let scene = try scene()
        let (_, first) = try #require(scene.queries.last)
        scene.post(.answered(first, nil))
        try leave(scene)
        try enter("#harbour", scene)
        try #require(scene.queries.count == 2)
        scene.post(.notAsked(try #require(scene.queries.last).1))
        try leave(scene)
        try enter("#harbour", scene)
        try #require(scene.queries.count == 3)
        try answer(scene, try inner(scene.queries.last).error(StanzaError(.itemNotFound)))
        try answer(scene, try inner(scene.queries.last).error(StanzaError(.forbidden)))
        try leave(scene)
        try enter("#harbour", scene)
        #expect(scene.queries.count == 5)
        #expect(scene.logged.filter { $0.contains("does not let the gateway bookmark a room") }.count == 1)
    }

    @Test("a room is looked for once while it is among the latest, and again after a reconnect")
    func once() throws {
        let scene = try scene()
        try leave(scene)
        try enter("#harbour", scene)
        #expect(scene.queries.count == 1)
        try leave(scene)
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        try scene.receive(from: "home.test", "<message to='gw.test'>\(Self.grant)</message>")
        try enter("#harbour", scene)
        #expect(scene.queries.count == 2)
    }
}
