import NIOCore
import NIOEmbedded
import Testing

@testable import Networking

@Suite("Quotas of work in a turn of the loop")
struct LoopQuotaTests {
    /// A loop, and a quota of 1 ms whose work takes as long as the test says.
    private final class Bench {
        let loop = EmbeddedEventLoop()
        private(set) var done: [Int] = []
        private var time = NIODeadline.uptimeNanoseconds(0)
        private(set) lazy var quota = LoopQuota(loop, budget: .milliseconds(1)) { [unowned self] in time }
        private(set) lazy var lane = quota.lane()

        func work(_ number: Int, _ duration: TimeAmount = .microseconds(400), in other: LoopQuota.Lane? = nil) {
            (other ?? lane).perform { [self] in
                time = time + duration
                done.append(number)
            }
        }

        /// Lets the pause after a turn pass.
        func turn(_ pause: TimeAmount = .microseconds(1_200)) { loop.advanceTime(by: pause) }
    }

    @Test("work is done at once while the budget lasts; the rest waits for the next turns, in its order")
    func budget() {
        let bench = Bench()
        for number in 1...8 { bench.work(number) }
        #expect(bench.done == [1, 2, 3])
        bench.turn()
        #expect(bench.done == [1, 2, 3, 4, 5, 6])
        bench.work(9)
        #expect(bench.done.count == 6, "nothing overtakes work that waits")
        bench.turn()
        #expect(bench.done == [1, 2, 3, 4, 5, 6, 7, 8, 9])
    }

    @Test("a turn does at least one piece of work, however long it takes")
    func long() {
        let bench = Bench()
        for number in 1...3 { bench.work(number, .seconds(1)) }
        #expect(bench.done == [1])
        bench.turn(.milliseconds(10))
        #expect(bench.done == [1, 2])
        bench.turn(.milliseconds(10))
        #expect(bench.done == [1, 2, 3])
    }

    @Test("each turn has the whole budget again")
    func again() {
        let bench = Bench()
        for number in 1...3 { bench.work(number) }
        bench.turn()
        for number in 4...6 { bench.work(number) }
        #expect(bench.done == [1, 2, 3, 4, 5, 6])
    }

    @Test("work of the first kind goes before work of a later kind")
    func kinds() {
        let bench = Bench()
        let (first, second) = (bench.lane, bench.quota.lane())
        for number in 1...8 { bench.work(number, in: second) }
        for number in 9...10 { bench.work(number, in: first) }
        #expect(bench.done == [1, 2, 3])
        bench.turn()
        #expect(bench.done == [1, 2, 3, 9, 10, 4])
    }

    @Test("the pause is as long as the work of the turn, so that the loop reads from connections in between")
    func pause() {
        let bench = Bench()
        for number in 1...7 { bench.work(number) }
        bench.turn(.microseconds(400))
        #expect(bench.done == [1, 2, 3, 4, 5, 6])
        bench.turn(.microseconds(1_100))
        #expect(bench.done.count == 6)
        bench.turn(.microseconds(100))
        #expect(bench.done.count == 7)
    }
}
