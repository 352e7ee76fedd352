import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

@Suite("Questions about members (WHOX)")
struct MemberQueryTests {
    private static let question = "WHO #c %tcnfa,152"

    private func script(
        _ kind: ClientScript.Kind = .fences, names: String = "me anna @bob",
        knowing capabilities: String = "account-notify away-notify", flood: FloodLimit = FloodLimit(perSecond: 0)
    ) throws -> ClientScript {
        var script = try ClientScript.ready(
            kind, knowing: capabilities, flood: flood, support: "PREFIX=(qaohv)~&@%+ WHOX BOT=b")
        _ = script.perform(.join(ClientScript.room, password: nil))
        let label = kind == .labels ? "@label=1 " : ""
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :\(names)", "\(label):s 366 me #c :End")
        return script
    }

    private func details(_ script: ClientScript) -> [String: OccupantDetails] {
        var details: [String: OccupantDetails] = [:]
        for case .room(_, .occupantChanged(let occupant)) in script.events { details[occupant.nick] = occupant.details }
        return details
    }

    @Test(
        "after an entry we ask about the members, behind the question for the modes",
        arguments: ClientScript.Kind.allCases)
    func asks(_ kind: ClientScript.Kind) throws {
        var script = try script(kind)
        #expect(Array(script.takeWritten().suffix(2)) == ["MODE #c", Self.question])
        try script.receive(":s 315 me #c :End")
        script.pass(.seconds(100))
        #expect(!script.written.contains(Self.question))
    }

    @Test("the answer tells who is away, has an account, is a bot or runs the network")
    func answer() throws {
        var script = try script(names: "me anna @bob carl dora")
        script.forget()
        try script.receive(
            ":s 354 me 152 #c me G Mine", ":s 354 me 152 #c anna G 0", ":s 354 me 152 #c bob H*@b Bob",
            ":s 354 me 152 #c carl H *", ":s 354 me 152 #c nobody G 0", ":s 354 me 99 #c dora G 0",
            ":s 354 me 152 #other dora G 0", ":s 354 me #c dora G 0", ":s 315 me #c :End")
        #expect(
            details(script) == [
                "me": OccupantDetails(account: "mine"), "anna": OccupantDetails(availability: .away(nil)),
                "bob": OccupantDetails(account: "bob", marks: [.staff, .bot]), "carl": OccupantDetails(),
            ])
        #expect(script.client.channels.values.first?.isKnown == true)
    }

    @Test("nothing is believed whose end the network does not tell")
    func withoutNotices() throws {
        var script = try script(knowing: "extended-join")
        script.forget()
        try script.receive(":s 354 me 152 #c anna Gb Ann")
        #expect(details(script) == ["anna": OccupantDetails(marks: .bot)])
    }

    @Test("the words of somebody who is away are kept")
    func keepsWords() throws {
        var script = try script()
        try script.receive(":anna!a@h AWAY :at lunch")
        script.forget()
        try script.receive(":s 354 me 152 #c anna G 0")
        #expect(script.events.isEmpty)
        try script.receive(":s 354 me 152 #c anna H 0")
        #expect(details(script) == ["anna": OccupantDetails()])
    }

    @Test("tags of messages are not read in a channel that is known")
    func tags() throws {
        var script = try script()
        try script.receive(":s 354 me 152 #c anna H 0", ":s 315 me #c :End")
        script.forget()
        try script.receive("@account=Ann :anna!a@h PRIVMSG #c :x")
        #expect(script.events.count == 1)
    }

    @Test("a channel with many members, and a server without WHOX, are not asked")
    func many() throws {
        let names = (0...MemberQueries.mostMembers).map { "guest\($0)" }.joined(separator: " ")
        #expect(try !script(names: "me " + names).written.contains(Self.question))
        #expect(try !ClientScript.inRoom(.fences).written.contains { $0.hasPrefix("WHO") })
    }

    @Test("the question waits until no line of the user does")
    func patience() throws {
        var script = try script(flood: FloodLimit(burst: 2, perSecond: 1))
        for words in ["one", "two", "three"] { _ = script.say(words) }
        script.pass(.seconds(20))
        let lines = script.takeWritten().filter { !$0.hasPrefix("PING") }
        #expect(lines.last == Self.question && lines.count == 6)
    }

    @Test("all sessions share one pace, which counts members")
    func pace() throws {
        let commons = Surroundings.Commons()
        var asked = 0
        let now = NIODeadline.uptimeNanoseconds(0) + .hours(1)
        while commons.memberQueryPace.reserve(500, now: now) == now { asked += 1 }
        #expect(asked == MemberQueries.burst / 500)
        var script = try ClientScript.ready(.fences, support: "WHOX", commons: commons)
        _ = script.perform(.join(ClientScript.room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me", ":s 366 me #c :End")
        #expect(!script.written.contains(Self.question))
        script.pass(.seconds(1))
        #expect(script.written.contains(Self.question))
    }

    @Test("questions about several channels follow one another, and one without an answer is given up")
    func several() throws {
        var script = try script()
        _ = script.perform(.join(RoomAddress(network: ClientScript.network, name: "#d"), password: nil))
        try script.receive(":me!u@h JOIN #d", ":s 353 me = #d :me", ":s 366 me #d :End")
        #expect(script.written.filter { $0.hasPrefix("WHO") } == [Self.question])
        script.pass(MemberQueries.timeout)
        #expect(script.written.filter { $0.hasPrefix("WHO") } == [Self.question, "WHO #d %tcnfa,152"])
    }

    @Test("the answer does not mix with the replies to a command of the user")
    func command() throws {
        var script = try script()
        let id = script.perform(.ask(.command("who #c", at: .room(ClientScript.room))))
        script.forget()
        try script.receive(
            ":s 354 me 152 #c anna G 0", ":s 315 me #c :End", ":s 352 me #c a h s anna H :0 Anna",
            ":s 315 me #c :End of list", "PONG s :fence-1")
        let answers = script.events.compactMap { if case .answer(id, .command(let lines)) = $0 { lines } else { nil } }
        #expect(answers == [["#c a h s anna H 0 Anna", "#c End of list"]])
    }
}
