import Testing

@Suite("A random walk through a gateway of a live network")
struct LiveWalkTests {
    @Test(
        "every query is answered once, no error is answered, no message is lost, and no state is left at the end",
        arguments: [false, true], UInt64(1)...6)
    func walk(hasOutages: Bool, seed: UInt64) throws {
        let walk = try LiveWalk(seed: seed, hasOutages: hasOutages)
        for _ in 0..<5_000 { try walk.step() }
        try walk.end()
        walk.check()
    }
}
