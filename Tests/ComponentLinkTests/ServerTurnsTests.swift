import Basics
import Testing

@testable import ComponentLink

@Suite("Turns of the server's addresses")
struct ServerTurnsTests {
    private static let all = (1...3).map { Endpoint(host: "127.0.0.1", port: $0) }

    private func turns(of count: Int) -> ServerTurns {
        ServerTurns(Self.all[0], Array(Self.all[1..<count]))
    }

    @Test("after a failure the next address has its turn at once; when all have failed, there is a pause")
    func rounds() {
        var turns = turns(of: 3)
        var seen: [Int] = []
        var pauses: [Bool] = []
        for _ in 0..<6 {
            seen.append(turns.current.port)
            pauses.append(turns.failed())
        }
        #expect(seen == [1, 2, 3, 1, 2, 3])
        #expect(pauses == [false, false, true, false, false, true])
    }

    @Test(
        "after the loss of a steady stream the other addresses come first, in order of preference",
        arguments: [(0, [2, 3, 1, 2]), (1, [1, 3, 1, 2]), (2, [1, 2, 1, 2])])
    func lost(failures: Int, next: [Int]) {
        var turns = turns(of: 3)
        for _ in 0..<failures { _ = turns.failed() }
        #expect(turns.lost() == false)
        var seen = [turns.current.port]
        var pauses: [Bool] = []
        for _ in 1..<next.count {
            pauses.append(turns.failed())
            seen.append(turns.current.port)
        }
        #expect(seen == next)
        #expect(pauses == [false, true, false])
    }

    @Test("addresses have little time in every other round, and after the loss of a steady stream; a single one never")
    func hurry() {
        var turns = turns(of: 2)
        var hurried: [Bool] = []
        for _ in 0..<7 {
            hurried.append(turns.mustHurry)
            _ = turns.failed()
        }
        #expect(hurried == [true, true, false, false, true, true, false])
        _ = turns.lost()
        #expect(turns.mustHurry)
        var alone = self.turns(of: 1)
        for _ in 0..<3 {
            #expect(!alone.mustHurry)
            _ = alone.failed()
        }
    }

    @Test("a single address gets a pause after each failure and each loss")
    func single() {
        var turns = turns(of: 1)
        #expect(!turns.hasAlternatives)
        #expect([turns.failed(), turns.lost(), turns.failed()] == [true, true, true])
        #expect(turns.current == Self.all[0])
    }
}
