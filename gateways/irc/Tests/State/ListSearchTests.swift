import GatewayKit
import GatewayTesting
import Testing

@testable import IRCAdapter

@Suite("Searches in slices")
struct ListSearchTests {
    @Test(
        "numbers are sorted as at once, whatever their count and the size of a slice", arguments: [1, 7, 1_000, 50_000])
    func sort(steps: Int) {
        var luck = SeededGenerator(seed: UInt64(steps))
        for count in [0, 1, 2, 511, 512, 513, 1_024, 1_537, 5_000] {
            let keys = (0..<count).map { _ in Int.random(in: 0..<100, using: &luck) }
            let areInOrder = { (one: Int, two: Int) in (keys[one], one) < (keys[two], two) }
            var sort = SlicedSort(count: count)
            var slices = 0
            while !sort.isDone, slices < 100_000 {
                sort.advance(steps: steps, by: areInOrder)
                slices += 1
            }
            #expect(sort.numbers == (0..<count).sorted(by: areInOrder))
        }
    }

    @Test(
        "a search finds the same as a filter of the sorted list, and no slice looks at more than its share",
        arguments: [RoomSearch.Order.network, .name, .occupants])
    func search(order: RoomSearch.Order) {
        var luck = SeededGenerator(seed: 7)
        var list = ChannelList()
        for _ in 0..<3_000 {
            let name = "#" + (0..<3).map { _ in ["a", "B", "é", "z", "_"].randomElement(using: &luck) ?? "" }.joined()
            _ = list.add(
                ChannelList.Entry(name: name, topic: "", users: Int32.random(in: 0..<50, using: &luck)))
        }
        list.complete()
        let wanted = RoomSearch(matching: "b", fewest: 10, order: order)
        var search = ListSearch(wanted, in: list)
        var looked = 0
        while !search.isDone {
            let before = search.found.count
            search.advance(in: list, slice: 100)
            #expect(search.found.count - before <= 100)
            looked += 1
        }
        #expect(looked >= 30)
        let all = list.entries.indices.sorted { one, two in
            switch order {
            case .network: one < two
            case .occupants: (list.entries[two].users, one) < (list.entries[one].users, two)
            case .name:
                (list.entries[one].name.lowercased(), one) < (list.entries[two].name.lowercased(), two)
            }
        }
        let expected = all.filter { list.entries[$0].users >= 10 && list.entries[$0].name.lowercased().contains("b") }
        #expect(search.found == expected && !expected.isEmpty)
    }
}
