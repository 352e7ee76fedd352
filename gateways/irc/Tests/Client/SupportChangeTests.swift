import GatewayKit
import Testing

@testable import IRCAdapter

/// What the server announces about ranks and status messages, at the start and later.
struct SupportChangeTests {
    private func joined(_ support: String, names: String) throws -> [Occupant] {
        var script = try ClientScript.ready(.fences, support: support)
        _ = script.perform(.join(ClientScript.room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :\(names)", ":s 366 me #c :End")
        return try #require(script.events.entries.first).joined.occupants
    }

    @Test(
        "No name vanishes from a channel, whatever the server announces about ranks",
        arguments: ["PREFIX=@+", "PREFIX=", "PREFIX=(qa)~&", "PREFIX=(ov", "NETWORK=x"])
    func names(support: String) throws {
        let occupants = try joined(support, names: "me @bob +carol !dave ~&erin .frank @+gina!g@host")
        #expect(occupants.map(\.nick) == ["bob", "carol", "dave", "erin", "frank", "gina", "me"])
    }

    @Test("With an unreadable PREFIX the usual ranks are shown")
    func usualRanks() throws {
        let occupants = try joined("PREFIX=@+", names: "me @bob +carol")
        #expect(occupants.map(\.rank) == [.operator, .voiced, .none])
    }

    @Test("When the list of ranks changes, members keep theirs, and those with another rank are shown")
    func ranksChange() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 005 me PREFIX=(Yov)!@+ :are supported")
        #expect(script.events.isEmpty)
        try script.receive(":s 005 me PREFIX=(v)+ :are supported")
        let bob = PeerAddress(network: ClientScript.network, name: "bob")
        #expect(
            script.events == [
                .room(ClientScript.room, .occupantChanged(Occupant(nick: "bob", rank: .none, address: bob)))
            ])
    }

    @Test("A message to the operators of a channel is shown in it, marked", arguments: ["@#c", "+#C", "%#c"])
    func statusMessage(target: String) throws {
        var script = try ClientScript.ready(.fences, support: "STATUSMSG=@%+")
        _ = script.perform(.join(ClientScript.room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me anna", ":s 366 me #c :End")
        script.forget()
        try script.receive(":anna!a@h NOTICE \(target) :psst", ":anna!a@h PRIVMSG \(target) :\u{1}ACTION x\u{1}")
        let texts = script.events.messages.map { if case .text(let text) = $0.content { text } else { Text("") } }
        #expect(texts == [Text("[\(target)] psst", form: .notice), Text("[\(target)] x", form: .action)])
        #expect(script.events.messages.allSatisfy { $0.origin == .room(ClientScript.room, nick: "anna") })
    }

    @Test("Open requests follow a change of the case mapping")
    func mapping() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.say("x", to: .peer(PeerAddress(network: ClientScript.network, name: "a[b")))
        try script.receive(":s 005 me CASEMAPPING=ascii :are supported")
        _ = script.say("y", to: .peer(PeerAddress(network: ClientScript.network, name: "c[d")))
        try script.receive(":s 005 me CASEMAPPING=rfc1459 :are supported", ":s 401 me C{D :Nobody")
        #expect(script.events.failures.map(\.kind) == [.notFound])
        #expect(script.outcomes(id).isEmpty)
    }
}
