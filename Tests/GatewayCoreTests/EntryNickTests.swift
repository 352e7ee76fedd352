import Basics
import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Nicks that are asked for on entering a room")
struct EntryNickTests {
    @Test("a nick that somebody else has fails the entry with conflict (§7.2.8)", arguments: [true, false])
    func takenNick(isOpen: Bool) throws {
        let scene = try isOpen ? online() : Scene.live()
        try scene.join(nick: "Bob")
        #expect(scene.opened.last?.isNickChosen == true)
        let request = try #require(scene.requests.first?.request)
        #expect(request.action == (isOpen ? .changeNick("Bob") : .join(Scene.room, password: nil)))
        scene.event(.outcome(request.id, .failed(Failure(.conflict, "taken"))), network: "net")
        #expect(scene.presences.map(\.stanzaError?.condition) == [.conflict])
        #expect(scene.rooms().isEmpty)
        if isOpen {
            #expect(scene.requests.count == 1, "nobody sees an entry and a departure")
            #expect(scene.kept.compactMap { scene.accounts.nick(of: $0, on: LiveRules.network) } == ["ann"])
        }
    }

    /// A scene in which anna is on the network as ann, in no room.
    private func online() throws -> Scene {
        let scene = try Scene.live()
        try scene.join(nick: "ann")
        scene.joined(nick: "ann")
        try scene.leave(room: "#harbour%net@gw.test/ann")
        scene.grantAll()
        scene.forget()
        return scene
    }

    /// A scene in which anna is on the network as ann, in no room, and asks to enter as Bob.
    private func renaming() throws -> (Scene, Request) {
        let scene = try online()
        try scene.join(nick: "Bob")
        let request = try scene.takeRequest()
        #expect(request.action == .changeNick("Bob"))
        return (scene, request)
    }

    @Test("a room is entered when the nick is granted, or refused for another reason than that somebody has it")
    func entryAfterNick() throws {
        for failure in [nil, Failure(.tooFast, "Later.")] {
            let (scene, request) = try renaming()
            scene.event(
                .outcome(request.id, failure.map { .failed($0) } ?? .accepted(as: nil)), network: "net")
            #expect(scene.takeRequests().map(\.action) == [.join(Scene.room, password: nil)])
            #expect(scene.presences.isEmpty)
            let nick = try #require(scene.kept.compactMap { scene.accounts.nick(of: $0, on: LiveRules.network) }.first)
            #expect(nick == (failure == nil ? "Bob" : "ann"))
        }
    }

    @Test("a client that leaves while the nick is being asked for never enters, and can enter again")
    func leftBeforeNick() throws {
        let (scene, request) = try renaming()
        try scene.leave(room: "#harbour%net@gw.test/Bob")
        #expect(scene.takeRequests().isEmpty && scene.rooms().isEmpty)
        scene.event(.outcome(request.id, .accepted(as: nil)), network: "net")
        #expect(scene.takeRequests().isEmpty)
        try scene.join(nick: "Bob")
        #expect(scene.takeRequests().map(\.action) == [.join(Scene.room, password: nil)])
    }

    @Test(
        "a client that leaves and asks with another nick enters by the answer for that one", arguments: [true, false])
    func leftForAnotherNick(isGranted: Bool) throws {
        let (scene, first) = try renaming()
        try scene.leave(room: "#harbour%net@gw.test/Bob")
        scene.forget()
        try scene.join(nick: "Carl")
        let second = try scene.takeRequest()
        #expect(second.action == .changeNick("Carl"))
        let taken = Outcome.failed(Failure(.conflict, "taken"))
        scene.event(.outcome(first.id, taken), network: "net")
        #expect(scene.takeRequests().isEmpty && scene.presences.isEmpty)
        scene.event(.outcome(second.id, isGranted ? .accepted(as: nil) : taken), network: "net")
        #expect(scene.takeRequests().map(\.action) == (isGranted ? [.join(Scene.room, password: nil)] : []))
        #expect(scene.presences.map(\.stanzaError?.condition) == (isGranted ? [] : [.conflict]))
        let nick = try #require(scene.kept.compactMap { scene.accounts.nick(of: $0, on: LiveRules.network) }.first)
        #expect(nick == (isGranted ? "Carl" : "ann"))
    }

    @Test(
        "a nick that is refused late is not the user's while another room is entered with another nick",
        arguments: [true, false])
    func leftForAnotherRoom(isGranted: Bool) throws {
        let (scene, first) = try renaming()
        try scene.leave(room: "#harbour%net@gw.test/Bob")
        scene.forget()
        try scene.receive(
            from: "anna@home.test/a",
            "<presence id='j' to='#quay%net@gw.test/Carl'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        let second = try scene.takeRequest()
        #expect(second.action == .changeNick("Carl"))
        func nick() -> String? {
            scene.kept.compactMap { scene.accounts.nick(of: $0, on: LiveRules.network) }.first
        }
        let taken = Outcome.failed(Failure(.conflict, "taken"))
        scene.event(.outcome(first.id, taken), network: "net")
        #expect(nick() == "Carl" && scene.presences.isEmpty)
        scene.event(.outcome(second.id, isGranted ? .accepted(as: nil) : taken), network: "net")
        #expect(nick() == (isGranted ? "Carl" : "ann"))
    }
}
