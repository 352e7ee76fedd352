import GatewayKit
import GatewayTesting
import Testing

@Suite("The manual clock")
struct ManualClockTests {
    @Test("Timers fire in the order of their times, together with timers that are set meanwhile")
    func order() {
        var clock = ManualClock<String>(now: Timestamp(secondsSince1970: 100))
        clock.schedule("late", after: .seconds(30))
        clock.schedule("first", after: .seconds(10))
        clock.schedule("second", after: .seconds(10))
        clock.schedule("too late", after: .seconds(61))
        var fired: [String] = []
        let end = clock.now.advanced(by: .seconds(60))
        while let tag = clock.nextDue(until: end) {
            fired.append("\(tag) at \(Int(clock.now.secondsSince1970))")
            if tag == "first" { clock.schedule("again", after: .seconds(5)) }
        }
        #expect(fired == ["first at 110", "second at 110", "again at 115", "late at 130"])
        #expect(clock.now == end)
        #expect(clock.waiting == ["too late"])
    }

    @Test("A cancelled timer does not fire")
    func cancelling() {
        var clock = ManualClock<Int>()
        clock.schedule(1, after: .zero)
        clock.schedule(2, after: .zero)
        clock.cancel { $0 == 1 }
        #expect(clock.nextDue(until: clock.now) == 2)
        #expect(clock.nextDue(until: clock.now) == nil)
    }

    @Test("Counted ids differ, and are the same in every run")
    func ids() {
        let ids = CountedIDs(prefix: "a")
        #expect([ids.next(), ids.next()] == ["a-1", "a-2"])
    }
}
