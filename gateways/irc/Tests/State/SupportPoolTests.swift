import Testing

@testable import IRCAdapter

struct SupportPoolTests {
    @Test func `Connections with the same announcement share it, and others do not`() {
        let pool = SupportPool()
        var announced = ServerSupport()
        announced.apply(token: "NICKLEN=20")
        let first = pool.shared(announced)
        #expect(pool.shared(announced) === first)
        announced.apply(token: "NICKLEN=21")
        #expect(pool.shared(announced) !== first)
        #expect(pool.shared(first.value) === first)
    }

    @Test func `The pool forgets the announcement that was not used for longest`() {
        let pool = SupportPool()
        func announced(_ length: Int) -> ServerSupport {
            var support = ServerSupport()
            support.apply(token: "NICKLEN=\(length)")
            return support
        }
        let (first, second) = (pool.shared(announced(1)), pool.shared(announced(2)))
        _ = pool.shared(announced(1))
        for length in 3...SupportPool.limit + 1 { _ = pool.shared(announced(length)) }
        #expect(pool.shared(announced(1)) === first)
        #expect(pool.shared(announced(2)) !== second)
    }

    @Test func `A line that another connection has got gives the same announcement, whoever's nick it names`() {
        let pool = SupportPool()
        let first = pool.shared(after: SupportPool.usual, ["anna", "NICKLEN=20", "are supported"])
        #expect(first.value.nickLength == 20)
        #expect(pool.shared(after: SupportPool.usual, ["bob", "NICKLEN=20", "are supported"]) === first)
        let second = pool.shared(after: first, ["anna", "TOPICLEN=80", "are supported"])
        #expect(second.value.nickLength == 20 && second.value.topicLength == 80)
        let alone = pool.shared(after: SupportPool.usual, ["bob", "TOPICLEN=80", "are supported"])
        #expect(alone.value.nickLength == nil && alone.value.topicLength == 80)
        #expect(pool.shared(after: first, ["bob", "TOPICLEN=80", "are supported"]) === second)
    }

    @Test func `A line that only looks like that of another network is another line`() {
        let pool = SupportPool()
        let line = { (sign: String) in ["anna", "CHANMODES=beI,\(sign),l,imn", "are supported"] }
        let foreign = pool.shared(after: SupportPool.usual, line("\u{212A}"))
        let own = pool.shared(after: SupportPool.usual, line("K"))
        #expect(own !== foreign && own.value.modes != foreign.value.modes)
    }

    @Test func `However many different lines come, each has its own effect`() {
        let pool = SupportPool()
        for _ in 0..<2 {
            for length in 1...SupportPool.stepLimit + 1 {
                let line = ["anna", "NICKLEN=\(length)", "are supported"]
                #expect(pool.shared(after: SupportPool.usual, line).value.nickLength == length)
            }
        }
    }

    @Test func `A connection that changes its announcement changes no other one`() throws {
        var (one, other) = (try ClientScript.ready(.echoes), try ClientScript.ready(.echoes))
        try one.receive(":s 005 me CASEMAPPING=ascii NICKLEN=9 :are supported")
        #expect(one.client.support.nickLength == 9)
        #expect(other.client.support.nickLength == nil)
        #expect(one.client.fold("A[").text == "a[")
        #expect(other.client.fold("A[").text == "a{")
    }

    /// Thousands of connections have one of these each.
    @Test func `The state of a connection stays small`() {
        #expect(MemoryLayout<IRCClient>.size <= 1_500)
    }
}
