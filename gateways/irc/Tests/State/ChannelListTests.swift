import GatewayKit
import Testing

@testable import IRCAdapter

@Suite("The list of channels")
struct ChannelListTests {
    private func list(_ count: Int, isComplete: Bool = true) -> ChannelList {
        var list = ChannelList()
        for number in 0..<count {
            _ = list.add(ChannelList.Entry(name: "#C\(number)", topic: "Topic \(number)", users: Int32(number % 7)))
        }
        if isComplete { list.complete() }
        return list
    }

    private func names(_ answer: ChannelList.Answer) -> [String]? {
        if case .page(let entries, _, _) = answer { entries.map(\.name) } else { nil }
    }

    /// The first page of a search that is done without pauses.
    private func found(_ list: ChannelList, _ search: RoomSearch, limit: Int = 9) -> [String]? {
        var done = ListSearch(search, in: list)
        while !done.isDone { done.advance(in: list) }
        return names(list.page(search, PageRequest(limit: limit), found: done.found))
    }

    static let pages: [(PageRequest, names: [String], index: Int)] = [
        (PageRequest(.first, limit: 2), ["#C0", "#C1"], 0), (PageRequest(.after("#c1"), limit: 2), ["#C2", "#C3"], 2),
        (PageRequest(.after("#c4"), limit: 2), [], 5), (PageRequest(.before("#c2"), limit: 1), ["#C1"], 1),
        (PageRequest(.before("#c1"), limit: 3), ["#C0"], 0), (PageRequest(.last, limit: 2), ["#C3", "#C4"], 3),
        (PageRequest(.index(3), limit: 9), ["#C3", "#C4"], 3), (PageRequest(.index(99), limit: 2), [], 5),
        (PageRequest(.first, limit: 0), [], 0),
        (PageRequest(.last, limit: 99), ["#C0", "#C1", "#C2", "#C3", "#C4"], 0),
    ]

    @Test("Each kind of page has the right channels, the position of the first, and the total", arguments: pages)
    func page(request: PageRequest, names: [String], index: Int) {
        let answer = list(5).page(RoomSearch(), request)
        #expect(self.names(answer) == names)
        guard case .page(_, let first, let total) = answer else { return }
        #expect(first == index && total == 5)
    }

    @Test("A page behind an unknown channel does not exist", arguments: [PageRequest.Start.after("#x"), .before("#x")])
    func unknown(start: PageRequest.Start) {
        #expect(list(5).page(RoomSearch(), PageRequest(start, limit: 2)) == .noSuchItem)
    }

    @Test("A full page is there before the list is complete, without a total; every other page waits for the end")
    func early() {
        let list = list(5, isComplete: false)
        #expect(list.page(RoomSearch(), PageRequest(limit: 5)) == .page(self.list(5).entries, index: 0, total: nil))
        #expect(
            list.page(RoomSearch(), PageRequest(.after("#c2"), limit: 2))
                == .page(
                    Array(self.list(5).entries[3...]), index: 3, total: nil))
        for request in [
            PageRequest(limit: 6), PageRequest(.last, limit: 1), PageRequest(.after("#c2"), limit: 3),
            PageRequest(.after("#x"), limit: 1), PageRequest(limit: 0),
        ] {
            #expect(list.page(RoomSearch(), request) == .notYet)
        }
        #expect(list.page(RoomSearch(order: .occupants), PageRequest(limit: 1)) == .notYet)
    }

    @Test("A search finds names and topics in any case, with enough people, the fullest channels first")
    func search() {
        let list = list(14)
        #expect(found(list, RoomSearch(order: .occupants), limit: 4) == ["#C6", "#C13", "#C5", "#C12"])
        #expect(found(list, RoomSearch(matching: "c1")) == ["#C1", "#C10", "#C11", "#C12", "#C13"])
        #expect(found(list, RoomSearch(matching: "TOPIC 12")) == ["#C12"])
        #expect(found(list, RoomSearch(matching: "c1", fewest: 5)) == ["#C12", "#C13"])
        #expect(found(list, RoomSearch(matching: "nothing")) == [])
    }

    @Test("each word of a search must be in one of the chosen texts; the channels come by their names")
    func words() {
        var list = ChannelList()
        for (name, topic) in [("#Tea", "green leaves"), ("#green", "TEA only"), ("#a", "green tea"), ("#tea2", "")] {
            _ = list.add(ChannelList.Entry(name: name, topic: topic, users: 1))
        }
        list.complete()
        func found(_ words: String, _ fields: Set<RoomSearch.Field> = [.name, .topic]) -> [String]? {
            self.found(list, RoomSearch(matching: words, in: fields, order: .name))
        }
        #expect(found("green tea") == ["#a", "#green", "#Tea"])
        #expect(found("tea", [.name]) == ["#Tea", "#tea2"])
        #expect(found("tea", [.topic]) == ["#a", "#green"])
        #expect(found("tea", []) == [])
    }

    @Test("A page of 60,000 channels is made quickly")
    func large() {
        let list = list(60_000)
        let clock = ContinuousClock()
        let time = clock.measure {
            #expect(names(list.page(RoomSearch(), PageRequest(limit: 50)))?.count == 50)
            #expect(names(list.page(RoomSearch(), PageRequest(.after("#c59990"), limit: 50)))?.count == 9)
        }
        #expect(time < .seconds(2), "this build is slower than the program; it took \(time)")
    }

    @Test("Channels beyond the limit are dropped, and then no total is claimed")
    func limit() {
        var list = ChannelList()
        for number in 0...ChannelList.limit {
            _ = list.add(ChannelList.Entry(name: "#\(number)", topic: "", users: 1))
        }
        list.complete()
        #expect(list.entries.count == ChannelList.limit)
        guard case .page(_, _, let total) = list.page(RoomSearch(), PageRequest(limit: 1)) else {
            Issue.record("there is a page")
            return
        }
        #expect(total == nil)
    }
}
