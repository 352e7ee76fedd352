import NIOCore
import Testing

@testable import IRCAdapter

@Suite("The pace of all sessions")
struct SharedPaceTests {
    private let start = NIODeadline.uptimeNanoseconds(0) + .hours(1)

    @Test("a burst comes at once; each further piece of work has a time of its own")
    func reserves() {
        let pace = SharedPace(each: .milliseconds(1), burst: 100)
        #expect(pace.reserve(60, now: start) == start)
        #expect(pace.reserve(40, now: start) == start)
        #expect(pace.reserve(60, now: start) == start + .milliseconds(60))
        #expect(pace.reserve(10, now: start + .milliseconds(1)) == start + .milliseconds(70))
    }

    @Test("time without work gives the burst back, and no more")
    func rests() {
        let pace = SharedPace(each: .milliseconds(1), burst: 100)
        _ = pace.reserve(100, now: start)
        let later = start + .minutes(1)
        #expect(pace.reserve(100, now: later) == later)
        #expect(pace.reserve(100, now: later) == later + .milliseconds(100))
    }
}
