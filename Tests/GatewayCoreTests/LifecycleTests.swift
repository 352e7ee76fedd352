import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Start, outages and stop")
struct LifecycleTests {
    @Test("after a reconnect, each resource in a room is pinged")
    func presenceCheck() throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        let (ping, tag) = try #require(scene.queries.first)
        #expect(ping.head.to?.description == "anna@home.test/a")
        scene.post(.answered(tag, ping.result()))
        scene.advance(by: .seconds(600))
        #expect(scene.requests.isEmpty, "anna is still in the room")
    }

    @Test(
        "a room whose resources are gone is left after a while, unless a resource joins again",
        arguments: [true, false])
    func desertion(comesBack: Bool) throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")), network: "net")
        scene.post(.linkOpened)
        let (_, tag) = try #require(scene.queries.first)
        scene.post(.answered(tag, nil))
        scene.forget()
        if comesBack {
            try scene.join("anna@home.test/new")
            #expect(scene.requests.isEmpty, "the room was never left")
            #expect(scene.messages.map(\.body) == ["hello", nil])
        }
        scene.advance(by: .seconds(300))
        #expect(scene.requests.isEmpty == comesBack)
    }

    @Test(
        "a message in a room is kept while the pings of its resources are unanswered",
        arguments: [true, false])
    func saidInDoubt(isAlive: Bool) throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        let (ping, tag) = try #require(scene.queries.first)
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")), network: "net")
        #expect(scene.messages.last?.body == "hello")
        scene.post(.answered(tag, isAlive ? ping.result() : nil))
        scene.forget()
        try scene.join("anna@home.test/new")
        #expect(scene.messages.map(\.body) == (isAlive ? [nil] : ["hello", nil]))
    }

    @Test(
        "a resource that is gone according to the home server leaves the room",
        arguments: ["recipient-unavailable", "gone", "item-not-found", "remote-server-timeout", "service-unavailable"])
    func bounce(condition: String) throws {
        let scene = try Scene.inRoom()
        try scene.join("anna@home.test/b")
        scene.forget()
        try scene.receive(
            from: "anna@home.test/b",
            "<message type='error' to='#harbour%net@gw.test/Bob'><error type='cancel'>"
                + "<\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
        let told = try #require(scene.presences.first)
        #expect(told.type == .unavailable && told.head.to?.resource == "b" && scene.presences.count == 1)
        #expect(try MUCUser(try #require(told.payload.first)).statuses == [110, 333])
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")), network: "net")
        #expect(scene.messages.map { $0.head.to?.resource } == ["a"])
    }

    @Test("a stop tells members with 332 and closes every session")
    func stop() throws {
        let scene = try Scene.inRoom()
        scene.post(.stopping(reason: "shutdown"))
        let told = try MUCUser(try #require(scene.presences.first?.payload.first))
        #expect(told.statuses == [110, 332] && scene.presences.first?.status == "shutdown")
        #expect(scene.closed.map(\.network) == [LiveRules.network])
    }

    @Test("a stop also refuses the joins that wait for a network to come back")
    func stopWhileWaiting() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .left(.disconnected(reason: "gone"))), network: "net")
        try scene.join()
        scene.forget()
        scene.post(.stopping(reason: "shutdown"))
        #expect(scene.presences.map(\.stanzaError?.condition) == [.remoteServerTimeout])
    }

    @Test("every kind of failure has a defined condition", arguments: Failure.Kind.allCases)
    func failures(kind: Failure.Kind) {
        let error = StanzaError(Failure(kind, "why"))
        #expect(error.text == "why" && error.condition != .undefinedCondition)
    }
}
