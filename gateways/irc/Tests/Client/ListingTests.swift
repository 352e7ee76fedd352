import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

@Suite("Asking for the list of channels")
struct ListingTests {
    private static func ask(_ request: PageRequest = PageRequest(limit: 3), _ search: RoomSearch = RoomSearch())
        -> Request.Action
    { .ask(.rooms(search, request)) }

    private func page(_ script: ClientScript, _ id: RequestID) -> Page<RoomListing>? {
        for case .answer(id, .rooms(let page)) in script.events { return page }
        return nil
    }

    @Test("Channels come with their names, topics and numbers of people", arguments: ClientScript.Kind.allCases)
    func list(kind: ClientScript.Kind) throws {
        var script = try ClientScript.ready(kind)
        let id = script.perform(Self.ask(PageRequest(limit: 9)))
        #expect(script.takeWritten().first?.hasSuffix("LIST") == true)
        let label = kind == .labels ? "@batch=1 " : ""
        if kind == .labels { try script.receive("@label=1 :s BATCH +1 labeled-response") }
        try script.receive(
            "\(label):s 321 me Channel :Users  Name", "\(label):s 322 me #Tea 12 :Green \u{02}tea\u{02}",
            "\(label):s 322 me #empty 0 :", "\(label):s 322 me * 4 :hidden", "\(label):s 322 me nonsense 4 :x",
            "\(label):s 322 me #modes 5 :[+nt] Modes", "\(label):s 323 me :End of /LIST")
        if kind == .labels { try script.receive(":s BATCH -1") }
        let first = try #require(page(script, id))
        #expect(first.total == 3 && first.index == 0)
        #expect(
            first.items == [
                RoomListing(
                    RoomAddress(network: ClientScript.network, name: "#tea"), name: "#Tea", topic: "Green tea",
                    occupants: 12),
                RoomListing(RoomAddress(network: ClientScript.network, name: "#empty"), name: "#empty", occupants: 0),
                RoomListing(
                    RoomAddress(network: ClientScript.network, name: "#modes"), name: "#modes", topic: "Modes",
                    occupants: 5, isOpen: true),
            ])
        #expect(script.events.notices == [])
    }

    @Test(
        "the modes before a topic tell whether everybody may enter",
        arguments: [
            ("[+nt] x", true), ("[+]", true), ("[+ntk] x", false), ("[+int 5] x", false), ("[+ntl 15] x", true),
            ("[+R]", false), ("[x] +i", nil), ("", nil),
        ])
    func openness(topic: String, isOpen: Bool?) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(Self.ask())
        try script.receive(":s 322 me #a 1 :\(topic)", ":s 323 me :End")
        #expect(page(script, id)?.items.map(\.isOpen) == [isOpen])
    }

    @Test("pages of a search come from one list, and a new search from the same list")
    func searches() throws {
        var script = try ClientScript.inRoom(.fences)
        let search = RoomSearch(matching: "tea", order: .name)
        let first = script.perform(Self.ask(PageRequest(limit: 1), search))
        try script.receive(
            ":s 322 me #teb 1 :tea", ":s 322 me #tea 1 :", ":s 322 me #x 1 :coffee", ":s 323 me :End")
        #expect(page(script, first)?.items.map(\.name) == ["#tea"] && page(script, first)?.total == 2)
        let next = script.perform(Self.ask(PageRequest(.after("#tea"), limit: 1), search))
        #expect(page(script, next)?.items.map(\.name) == ["#teb"])
        let other = script.perform(Self.ask(PageRequest(limit: 1), RoomSearch(matching: "coffee", order: .name)))
        #expect(page(script, other)?.items.map(\.name) == ["#x"])
        #expect(script.written.filter { $0.hasSuffix("LIST") }.count == 1)
    }

    @Test("a search of a long list is done in slices, each with a time of its own, and others wait for their turn")
    func slices() throws {
        var script = try ClientScript.inRoom(.fences)
        let budget = script.client.surroundings.commons.listBudget
        let byName = script.perform(Self.ask(PageRequest(limit: 2), RoomSearch(order: .name)))
        let bySize = script.perform(Self.ask(PageRequest(limit: 2), RoomSearch(order: .occupants)))
        let count = 3 * ListSearch.slice
        for number in 0..<count { try script.receive(":s 322 me #C\(count - number) \(number) :") }
        script.forget()
        try script.receive(":s 323 me :End")
        #expect(script.events.isEmpty)
        #expect(!script.client.isAtRest() && script.client.nextWake(now: script.now) <= script.now + .milliseconds(1))
        // Another connection has taken the next turns.
        for _ in 0..<100 { _ = budget.reserveSlice(now: script.now) }
        script.pass(.milliseconds(50))
        #expect(script.events.isEmpty)
        script.pass(.seconds(1))
        #expect(page(script, byName)?.items.map(\.name) == ["#C1", "#C10"] && page(script, byName)?.total == count)
        #expect(page(script, bySize)?.items.map(\.name) == ["#C1", "#C2"])
        #expect(script.client.listing?.nextSlice == nil)
    }

    @Test("416 refuses a line of the user if no list is under way")
    func tooMany() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.ask(.raw("WHO *")))
        try script.receive(":s 416 me WHO :Too many matches", ":s PONG s fence-1")
        #expect(script.failure(id) != nil && script.outcomes(id).count == 1)
    }

    @Test("The first page is answered as soon as it is full, and the next from the same list")
    func early() throws {
        var script = try ClientScript.ready(.fences)
        let first = script.perform(Self.ask(PageRequest(limit: 2)))
        try script.receive(":s 322 me #a 1 :", ":s 322 me #b 1 :")
        #expect(page(script, first)?.items.map(\.name) == ["#a", "#b"])
        #expect(page(script, first)?.total == nil)
        let next = script.perform(Self.ask(PageRequest(.after("#b"), limit: 2)))
        #expect(page(script, next) == nil)
        try script.receive(":s 322 me #c 1 :", ":s 323 me :End")
        #expect(page(script, next)?.items.map(\.name) == ["#c"])
        #expect(page(script, next)?.index == 2 && page(script, next)?.total == 3)
        #expect(script.written.filter { $0.hasSuffix("LIST") }.count == 1)
    }

    @Test("Questions share one LIST; after a minute only a question for the first page sends LIST again")
    func shared() throws {
        var script = try ClientScript.inRoom(.fences)
        let ids = [script.perform(Self.ask()), script.perform(Self.ask(PageRequest(.last, limit: 1)))]
        try script.receive(":s 322 me #a 1 :", ":s 322 me #b 1 :", ":s 323 me :End")
        #expect(ids.map { page(script, $0)?.items.count } == [2, 1])
        #expect(script.takeWritten().filter { $0 == "LIST" }.count == 1)
        script.now = script.now + .seconds(90)
        let next = script.perform(Self.ask(PageRequest(.after("#a"), limit: 1)))
        #expect(page(script, next)?.items.map(\.name) == ["#b"])
        #expect(!script.takeWritten().contains("LIST"))
        _ = script.perform(Self.ask())
        #expect(script.takeWritten().contains("LIST"))
    }

    @Test("A list is freed five minutes after its last use, and the budget gets its entries back")
    func freed() throws {
        var script = try ClientScript.inRoom(.fences)
        let budget = script.client.surroundings.commons.listBudget
        _ = script.perform(Self.ask())
        try script.receive(":s 322 me #a 1 :", ":s 322 me #b 1 :", ":s 323 me :End")
        #expect(budget.used == 2)
        try script.receive("PING :x")
        script.now = script.now + Listing.linger + .seconds(1)
        script.client.tick(now: script.now)
        #expect(script.client.listing == nil)
        #expect(budget.used == 0)
    }

    @Test("A list for which no question waits is dropped before it is complete")
    func nobodyWaits() throws {
        var script = try ClientScript.inRoom(.fences)
        _ = script.perform(Self.ask(PageRequest(limit: 1)))
        try script.receive(":s 322 me #a 1 :")
        script.now = script.now + Listing.timeout + .seconds(1)
        script.client.tick(now: script.now)
        #expect(script.client.listing == nil)
        try script.receive(":s 322 me #b 1 :", ":s 323 me :End")
        #expect(script.client.listing == nil && script.events.failures.isEmpty)
    }

    @Test(
        "A refused list fails, and the next question sends LIST again",
        arguments: [
            (":s 263 me LIST :Try again later", Failure.Kind.rateLimited),
            (":s 416 me LIST :Output too large", .rateLimited), (":s 421 me LIST :Unknown command", .unsupported),
        ])
    func refused(line: String, kind: Failure.Kind) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(Self.ask())
        script.forget()
        try script.receive(line)
        #expect(script.failure(id) == kind)
        _ = script.perform(Self.ask())
        #expect(script.takeWritten().contains("LIST"))
    }

    @Test("a server whose list is too long is asked for its larger channels, if it can tell them; no total is claimed")
    func larger() throws {
        func asked(_ refusals: Int) throws -> (script: ClientScript, id: RequestID) {
            var script = try ClientScript.ready(.fences, support: "ELIST=CMNTU")
            let id = script.perform(Self.ask(PageRequest(.last, limit: 5)))
            for _ in 0..<refusals { try script.receive(":s 416 me LIST :Output too large") }
            return (script, id)
        }
        var (script, id) = try asked(2)
        #expect(script.written.filter { $0.hasPrefix("LIST") } == ["LIST", "LIST >20", "LIST >200"])
        #expect(script.outcomes(id).isEmpty)
        try script.receive(":s 322 me #a 900 :", ":s 323 me :End")
        #expect(page(script, id)?.items.map(\.name) == ["#a"] && page(script, id)?.total == nil)
        let refused = try asked(3)
        #expect(refused.script.failure(refused.id) == .rateLimited)
    }

    @Test("A list that the server cuts off is answered without a total")
    func cut() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(Self.ask(PageRequest(.last, limit: 5)))
        try script.receive(":s 322 me #a 1 :", ":s 416 me LIST :Output too large", ":s 323 me :End")
        #expect(page(script, id)?.items.map(\.name) == ["#a"])
        #expect(page(script, id)?.total == nil)
    }

    @Test("A question fails after a minute of silence, and at once when the connection ends")
    func silent() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(Self.ask())
        script.now = script.now + Listing.timeout + .seconds(1)
        script.client.tick(now: script.now)
        script.turn()
        #expect(script.failure(id) == .unknownOutcome)
        let lost = script.perform(Self.ask())
        _ = script.client.ended(Failure(.remoteDown, "gone"), now: script.now)
        script.turn()
        #expect(script.failure(lost) == .remoteDown)
    }
}
