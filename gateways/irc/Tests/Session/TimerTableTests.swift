import GatewayTesting
import NIOCore
import NIOEmbedded
import Testing

@testable import IRCAdapter

@Suite("Timers of sessions")
struct TimerTableTests {
    private final class Owner: TimerOwner {
        var timerSlot: Int?
        var ended: [NIODeadline] = []
        var reaction: (Owner) -> Void = { _ in }
        private let loop: EmbeddedEventLoop

        init(_ loop: EmbeddedEventLoop) { self.loop = loop }

        func timerEnded() {
            ended.append(loop.now)
            reaction(self)
        }
    }

    private let loop = EmbeddedEventLoop()
    private let table: TimerTable<Owner>

    init() { table = TimerTable(loop) }

    private func at(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .milliseconds(milliseconds) }

    @Test("a timer ends once, at its deadline, and can be moved both ways and cancelled")
    func moves() {
        let owners = (0..<4).map { _ in Owner(loop) }
        for owner in owners { table.set(owner, at: at(10)) }
        table.set(owners[0], at: at(5))
        table.set(owners[1], at: at(20))
        table.cancel(owners[2])
        table.cancel(owners[2])
        #expect(table.deadline(of: owners[1]) == at(20) && table.deadline(of: owners[2]) == nil)
        loop.advanceTime(by: .milliseconds(30))
        #expect(owners.map(\.ended) == [[at(5)], [at(20)], [], [at(10)]])
        #expect(table.count == 0 && owners.allSatisfy { $0.timerSlot == nil })
    }

    @Test("a timer that has ended can be set again at once")
    func again() {
        let owner = Owner(loop)
        owner.reaction = { [table] owner in
            if owner.ended.count < 3 { table.set(owner, at: loop.now + .milliseconds(10)) }
        }
        table.set(owner, at: at(10))
        loop.advanceTime(by: .seconds(1))
        #expect(owner.ended == [at(10), at(20), at(30)])
    }

    @Test("any order of changes ends each timer at its last deadline", arguments: 1...20)
    func random(seed: Int) {
        var luck = SeededGenerator(seed: UInt64(seed))
        let owners = (0..<200).map { _ in Owner(loop) }
        var wanted: [Int: NIODeadline] = [:]
        for _ in 0..<2_000 {
            let number = Int.random(in: 0..<owners.count, using: &luck)
            if Int.random(in: 0..<4, using: &luck) == 0 {
                table.cancel(owners[number])
                wanted[number] = nil
            } else {
                // All deadlines differ, so the limit of one turn delays none.
                let deadline = at(Int64.random(in: 1...10_000, using: &luck) * 200 + Int64(number))
                table.set(owners[number], at: deadline)
                wanted[number] = deadline
            }
        }
        #expect(table.count == wanted.count)
        loop.advanceTime(by: .minutes(60))
        for (number, owner) in owners.enumerated() { #expect(owner.ended == (wanted[number].map { [$0] } ?? [])) }
    }

    @Test("of many timers that end at the same time, some end in a later turn of the loop")
    func turns() {
        let owners = (0..<100).map { _ in Owner(loop) }
        for owner in owners { table.set(owner, at: at(10)) }
        loop.advanceTime(by: .milliseconds(10))
        #expect(owners.count { !$0.ended.isEmpty } == TimerTable<Owner>.mostInTurn)
        loop.advanceTime(by: .milliseconds(1))
        #expect(owners.allSatisfy { $0.ended.count == 1 })
    }
}
