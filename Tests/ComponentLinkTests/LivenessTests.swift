import NIOCore
import Testing

@testable import ComponentLink

@Suite("Liveness")
struct LivenessTests {
    private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    private func liveness() -> Liveness {
        Liveness(keepalive: .seconds(60), silence: .seconds(180), now: at(0))
    }

    @Test("a silent server is asked once, kept awake, and given up three minutes after it was asked")
    func silence() {
        var liveness = liveness()
        let verdicts = [30, 60, 120, 180, 239, 240].map { liveness.tick(at($0)) }
        #expect(verdicts == [.fine, .ping, .whitespace, .whitespace, .whitespace, .dead])
    }

    @Test("any byte starts it over")
    func heard() {
        var liveness = liveness()
        let asked = liveness.tick(at(60))
        liveness.heardFromServer(at(61))
        let verdicts = [120, 121, 300, 301].map { liveness.tick(at($0)) }
        #expect(asked == .ping)
        #expect(verdicts == [.fine, .ping, .whitespace, .dead])
    }
}
