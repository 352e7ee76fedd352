import Testing

@testable import GatewayCore

@Suite("Timers")
struct TimerTests {
    @Test("the end of a timer calls the handler that is registered for it, with the subject")
    func subject() throws {
        let scene = try Scene.live()
        var ended: [String] = []
        scene.kernel.routes.timer("one", about: Int.self) { ended.append("one \($0)") }
        scene.kernel.routes.timer("two") { ended.append("two") }
        scene.kernel.startTimer("one", about: 7, after: .seconds(3))
        scene.kernel.startTimer("two", after: .seconds(2))
        scene.post(.timer(TimerTag("unknown", about: 1)))
        #expect(ended == [])
        scene.advance(by: .seconds(2))
        #expect(ended == ["two"])
        scene.advance(by: .seconds(1))
        #expect(ended == ["two", "one 7"])
    }

    @Test("a timer with a subject of another type does not call the handler")
    func otherType() throws {
        let scene = try Scene.live()
        var ended = 0
        scene.kernel.routes.timer("one", about: Int.self) { _ in ended += 1 }
        scene.post(.timer(TimerTag("one", about: "seven")))
        scene.post(.timer(TimerTag("one")))
        #expect(ended == 0)
    }

    @Test("a timer takes no more than 64 bytes of an effect")
    func size() {
        #expect(MemoryLayout<(TimerTag, Duration)>.size <= 64)
    }
}
