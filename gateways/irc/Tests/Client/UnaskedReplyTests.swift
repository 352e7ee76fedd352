import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

@Suite("Replies to questions that nobody has asked")
struct UnaskedReplyTests {
    private static let whox: [String] = [
        ":s 354 me 152 #c anna G Ann", ":s 354 me 152 #c anna H@* Ann", ":s 315 me #c :End",
    ]
    private static let whois: [String] = [
        ":s 311 me anna u h * :Anna", ":s 312 me anna s :Server", ":s 313 me anna :is an operator",
        ":s 317 me anna 5 1700000000 :idle", ":s 319 me anna :#c", ":s 330 me anna ann :is logged in as",
        ":s 671 me anna :is secure", ":s 318 me anna :End",
    ]
    private static let lists: [String] = [
        ":s 321 me Channel :Users", ":s 322 me #x 5 :Topic", ":s 323 me :End", ":s 367 me #c *!*@evil op 1",
        ":s 368 me #c :End", ":s 348 me #c *!*@x", ":s 349 me #c :End", ":s 346 me #c *!*@x", ":s 347 me #c :End",
        ":s 728 me #c q *!*@x", ":s 729 me #c q :End", ":s 352 me #c u h s anna G :0 Anna", ":s 315 me #c :End",
    ]
    private static let watches: [String] = [
        ":s 730 me :anna!u@h", ":s 731 me :anna", ":s 732 me :anna", ":s 733 me :End", ":s 734 me 10 anna :Full",
        ":s 600 me anna u h 1 :on", ":s 604 me anna u h 1 :on", ":s 303 me :anna", ":s 341 me anna #c",
        ":s 366 me #c :End", ":s 353 me = #c :stranger", ":s 332 me #c :other topic",
    ]

    @Test(
        "they change nothing, show nothing and cause no line",
        arguments: [("WHOX", whox), ("WHOIS", whois), ("lists", lists), ("watches", watches)])
    func ignored(_ name: String, _ lines: [String]) throws {
        var script = try ClientScript.inRoom(.fences, knowing: "account-notify away-notify")
        let before = script.client.channels.values.first?.members
        for line in lines { try script.receive(line) }
        #expect(script.events == [] && script.written == [], "\(name)")
        let after = script.client.channels.values.first?.members
        #expect(after?.mapValues(\.details) == before?.mapValues(\.details) && after?.count == 3)
        #expect(script.client.lists.isEmpty && script.client.listing == nil && script.client.profiles.isEmpty)
        #expect(script.client.channels.values.first?.isKnown == false)
    }

    @Test("replies to WHOX and WHOIS that nobody has asked for count as ignored lines")
    func counted() throws {
        var script = try ClientScript.inRoom(.fences)
        for line in Self.whox + Self.whois { try script.receive(line) }
        #expect(script.client.takeIgnored() == 2 + Self.whois.count - 1)
    }

    @Test("an answer to WHOX after its time, or about another channel, is ignored")
    func late() throws {
        var script = try ClientScript.ready(.fences, knowing: "away-notify", support: "WHOX")
        for name in ["#c", "#d"] {
            _ = script.perform(.join(RoomAddress(network: ClientScript.network, name: name), password: nil))
            try script.receive(":me!u@h JOIN \(name)", ":s 353 me = \(name) :me anna", ":s 366 me \(name) :End")
        }
        #expect(script.written.filter { $0.hasPrefix("WHO") } == ["WHO #c %tcnfa,152"])
        script.forget()
        try script.receive(":s 354 me 152 #d anna G 0")
        #expect(script.events == [])
        try script.receive(":s 354 me 152 #c anna G 0")
        #expect(script.events.count == 2, "a person's state is told in both channels")
        try script.receive(":s 315 me #c :End", ":anna!u@h AWAY")
        script.forget()
        try script.receive(":s 354 me 152 #c anna G 0")
        #expect(script.events == [])
    }
}
