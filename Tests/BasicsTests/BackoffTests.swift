import Basics
import GatewayTesting
import Testing

@Suite("Back-off")
struct BackoffTests {
    @Test("without jitter the waits double up to the ceiling and stay there")
    func doubles() {
        var random = SeededGenerator(seed: 1)
        var backoff = Backoff(first: .seconds(1), ceiling: .seconds(30), jitter: 0)
        let waits = (0..<8).map { _ in backoff.next(random: &random) }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
    }

    @Test("jitter shortens a wait by at most its share, and by different amounts")
    func jitters() {
        var random = SeededGenerator(seed: 2)
        var backoff = Backoff(first: .seconds(8), ceiling: .seconds(8), jitter: 0.5)
        let waits = (0..<200).map { _ in backoff.next(random: &random) }
        #expect(waits.allSatisfy { $0 >= .seconds(4) && $0 <= .seconds(8) })
        #expect(waits.contains { $0 < .milliseconds(4400) } && waits.contains { $0 > .milliseconds(7600) })
    }

    @Test("after a reset the first wait comes again")
    func resets() {
        var random = SeededGenerator(seed: 3)
        var backoff = Backoff(jitter: 0)
        for _ in 0..<100 { _ = backoff.next(random: &random) }
        #expect(backoff.next(random: &random) == .seconds(300))
        backoff.reset()
        #expect(backoff.next(random: &random) == .seconds(1))
    }

    @Test("a ceiling below the first wait limits it")
    func lowCeiling() {
        var random = SeededGenerator(seed: 4)
        var backoff = Backoff(first: .seconds(10), ceiling: .seconds(2), jitter: 0)
        #expect(backoff.next(random: &random) == .seconds(2))
    }

    @Test(
        "a caller that counts the failures itself gets the same waits",
        arguments: [(-1, 1), (0, 1), (1, 2), (4, 16), (5, 30), (6, 30), (.max, 30)])
    func counted(failures: Int, seconds: Int) {
        let backoff = Backoff(first: .seconds(1), ceiling: .seconds(30))
        #expect(backoff.wait(afterFailures: failures) == .seconds(seconds))
    }
}
