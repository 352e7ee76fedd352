import NIOCore
import Testing

@testable import IRCAdapter

@Suite("Open batches")
struct BatchesTests {
    private let now = NIODeadline.uptimeNanoseconds(0) + .hours(1)

    @Test("batches that never end make room for others after a minute")
    func endless() throws {
        var batches = Batches()
        for number in 0..<64 { _ = batches.received(try IRCMessage("BATCH +\(number) chathistory #c"), now: now) }
        let inNew = try IRCMessage("@batch=new PRIVMSG #c :x")
        let begin = try IRCMessage("BATCH +new chathistory #c")
        _ = batches.received(begin, now: now + Batches.timeout - .nanoseconds(1))
        #expect(!batches.isHistory(inNew))
        _ = batches.received(begin, now: now + Batches.timeout)
        #expect(batches.isHistory(inNew))
        #expect(!batches.isHistory(try IRCMessage("@batch=0 PRIVMSG #c :x")))
    }

    @Test("a batch with a name beyond all bounds is not kept")
    func longName() throws {
        var batches = Batches()
        let name = String(repeating: "x", count: 201)
        _ = batches.received(try IRCMessage("BATCH +\(name) chathistory #c"), now: now)
        #expect(!batches.isHistory(try IRCMessage("@batch=\(name) PRIVMSG #c :x")))
    }
}
