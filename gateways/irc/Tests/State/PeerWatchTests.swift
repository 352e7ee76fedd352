import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

/// The presence of watched people, on servers with MONITOR, with WATCH and with ISON only.
struct PeerWatchTests {
    private func script(_ support: String) throws -> ClientScript {
        try ClientScript.ready(.fences, support: support)
    }

    private func peer(_ name: String) -> PeerAddress { PeerAddress(network: ClientScript.network, name: name) }

    private func presence(_ name: String, _ availability: Availability) -> Event {
        .peer(peer(name), .presence(availability))
    }

    @Test("With MONITOR the server tells who comes and goes")
    func monitor() throws {
        var script = try script("MONITOR=100")
        let id = script.perform(.watch([peer("anna"), peer("bob")]))
        #expect(script.takeWritten() == ["MONITOR + :anna,bob"])
        #expect(script.takeEvents() == [.outcome(id, .accepted(as: nil))], "nothing is claimed before the server tells")
        try script.receive(":s 730 me :Anna!a@h", ":s 731 me :bob,stranger", ":s 730 me :anna!a@h")
        #expect(script.takeEvents() == [presence("anna", .available), presence("bob", .offline)])
        try script.receive(":anna!a@h AWAY :lunch", ":anna!a@h AWAY :lunch", ":anna!a@h AWAY", ":bob!b@h QUIT :bye")
        #expect(script.takeEvents() == [presence("anna", .away("lunch")), presence("anna", .available)])
        _ = script.perform(.watch([peer("carol")]))
        #expect(script.takeWritten() == ["MONITOR - :anna,bob", "MONITOR + :carol"])
    }

    @Test("With WATCH the server tells who comes, goes and is away")
    func watch() throws {
        var script = try script("WATCH=128")
        _ = script.perform(.watch([peer("anna"), peer("bob")]))
        #expect(script.takeWritten() == ["WATCH +anna", "WATCH +bob"])
        script.forget()
        try script.receive(
            ":s 604 me anna u h 1 :is online", ":s 605 me bob * * 0 :is offline", ":s 598 me anna u h 2 :lunch",
            ":s 600 me bob u h 3 :logged online", ":s 601 me bob u h 4 :logged offline")
        #expect(
            script.events == [
                presence("anna", .available), presence("bob", .offline), presence("anna", .away(nil)),
                presence("bob", .available), presence("bob", .offline),
            ])
    }

    @Test("Without both, ISON asks at intervals, in lines of a few nicks")
    func ison() throws {
        var script = try ClientScript.inRoom(.fences)
        let people = (10..<40).map { peer("nick\($0)") }
        _ = script.perform(.watch(people))
        #expect(script.written.count == 2 && script.written[0].hasPrefix("ISON :nick10 nick11"))
        script.forget()
        try script.receive(":s 303 me :nick10 Nick11")
        #expect(script.events.first == presence("nick10", .available) && script.events.count == 12)
        #expect(script.written.count == 1, "the last nicks are asked about when an answer has come")
        try script.receive(":s 303 me :", ":s 303 me :")
        #expect(script.events.count == 30)
        script.forget()
        script.pass(PeerWatch.interval + .seconds(1))
        #expect(script.written.filter { $0.hasPrefix("ISON") }.count == 2)
        try script.receive(":s 303 me :nick10")
        #expect(script.takeEvents() == [presence("nick11", .offline)])
    }

    @Test("People that do not fit into the server's list are asked about by ISON")
    func full() throws {
        var script = try script("MONITOR=1")
        _ = script.perform(.watch([peer("anna"), peer("bob")]))
        #expect(script.takeWritten() == ["MONITOR + :anna", "ISON :bob"])
        var other = try self.script("MONITOR=")
        _ = other.perform(.watch([peer("anna"), peer("bob")]))
        other.forget()
        try other.receive(":s 734 me 1 bob :Monitor list is full")
        #expect(other.written == ["ISON :bob"])
    }

    @Test("No more than the limit of people are watched")
    func bound() throws {
        var script = try script("MONITOR=")
        _ = script.perform(.watch((0..<1_000).map { peer("n\($0)") }))
        #expect(script.client.peers.count == PeerWatch.limit)
    }

    @Test("A nick change in a channel is told, and moves the presence")
    func renamed() throws {
        var script = try ClientScript.inRoom(.fences)
        _ = script.perform(.watch([peer("anna"), peer("anna2")]))
        try script.receive(":s 303 me :anna")
        script.forget()
        try script.receive(":anna!a@h NICK Anna2")
        #expect(
            script.events.filter { if case .peer = $0 { true } else { false } } == [
                presence("anna", .offline), presence("anna2", .available),
                .peer(peer("anna"), .renamed(to: peer("anna2"), displayName: "Anna2")),
            ])
    }
}
