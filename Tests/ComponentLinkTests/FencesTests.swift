import NIOCore
import Testing

@testable import ComponentLink

@Suite("Fences")
struct FencesTests {
    /// Asks for a fence and keeps its outcome.
    private final class Outcome {
        var value: Bool?
    }

    private func ask(_ fences: inout Fences) -> Outcome {
        let outcome = Outcome()
        fences.ask { outcome.value = $0 }
        return outcome
    }

    private func nextPing(_ fences: inout Fences) throws -> String {
        let id = fences.takePing(now: now)
        return try #require(id)
    }

    private func bringBack(_ id: String, _ fences: inout Fences) throws -> [Fences.Done] {
        let done = fences.returned(id)
        return try #require(done)
    }

    private let now = NIODeadline.uptimeNanoseconds(7)

    @Test("fences asked before a ping share it; fences asked later wait for the next")
    func shares() throws {
        var fences = Fences(nonce: "n")
        let (first, second) = (ask(&fences), ask(&fences))
        let ping = try nextPing(&fences)
        let third = ask(&fences)
        let early = fences.takePing(now: now)
        #expect(early == nil, "one ping at a time")
        for done in try bringBack(ping, &fences) { done(true) }
        #expect([first.value, second.value, third.value] == [true, true, nil])
        let next = try nextPing(&fences)
        #expect(next != ping)
        for done in try bringBack(next, &fences) { done(true) }
        #expect(third.value == true)
    }

    @Test("only the ping under way proves anything, and only once")
    func onlyTheOwn() throws {
        var fences = Fences(nonce: "n")
        var other = Fences(nonce: "m")
        _ = ask(&fences)
        _ = ask(&other)
        let ping = try nextPing(&fences)
        let foreign = try nextPing(&other)
        let byForeign = fences.returned(foreign)
        let byOwn = fences.returned(ping)
        let again = fences.returned(ping)
        #expect(byForeign == nil && byOwn?.count == 1 && again == nil)
    }

    @Test("a broken link fails the fences under way and those that wait")
    func fails() {
        var fences = Fences(nonce: "n")
        let first = ask(&fences)
        _ = fences.takePing(now: now)
        let second = ask(&fences)
        for done in fences.fail() { done(false) }
        let ping = fences.takePing(now: now)
        #expect(first.value == false && second.value == false && ping == nil)
    }

    @Test("a ping can be sent without a fence")
    func bare() throws {
        var fences = Fences(nonce: "n")
        fences.askForPing()
        let ping = try nextPing(&fences)
        #expect(fences.sent == now)
        let told = try bringBack(ping, &fences)
        #expect(told.isEmpty && fences.sent == nil)
    }
}
