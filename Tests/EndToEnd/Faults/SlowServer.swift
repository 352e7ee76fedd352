import Foundation
import ServerRig
import Synchronization
import Testing

extension Faults {
    @Test("a server that stops reading causes back-pressure: memory stays bounded, and no message is lost")
    func serverStopsReading() async throws {
        let all = 40_000
        let network = try ScriptedIRCServer()
        try await Self.withScene(port: network.port) { scene in
            try await scene.join("alice")
            let heard = Hearing()
            scene.server.stanzas.listen { heard.hear($0) }
            let filler = String(repeating: ".", count: 380)
            let line: @Sendable (Int) -> String = { ":flood!u@h PRIVMSG #harbour :number \($0) \(filler)" }
            network.flood(line, 0..<3000)
            try await poll("the first part") { heard.numbers.count == 3000 ? () : nil }
            let before = try #require(await scene.martlet.daemon.residentKilobytes)

            scene.server.read(false)
            network.flood(line, 3000..<all)
            let during = try await scene.highestMemory(for: .seconds(2))
            let taken = network.count
            scene.server.read(true)

            #expect(taken < all, "the network was not made to wait")
            #expect(during <= before + 8192, "\(before) kB before, \(during) kB while nobody read")
            try await poll("everything to arrive", within: .seconds(60)) { heard.numbers.count >= all ? () : nil }
            #expect(heard.numbers == Array(0..<all))
        }
    }
}

/// The numbers at the beginning of the messages, in the order in which they arrived.
private final class Hearing: Sendable {
    private let list = Mutex<[Int]>([])

    var numbers: [Int] { list.withLock { $0 } }

    func hear(_ stanza: ComponentServer.Stanza) {
        guard let word = stanza.text.range(of: "number ") else { return }
        let digits = stanza.text[word.upperBound...].prefix { $0.isNumber }
        if let number = Int(digits) { list.withLock { $0.append(number) } }
    }
}

extension ComponentScene {
    /// The largest memory that Martlet occupied within that time, in kilobytes.
    fileprivate func highestMemory(for time: Duration) async throws -> Int {
        let end = ContinuousClock.now + time
        var most = 0
        return try await poll("Martlet's memory", within: time + .seconds(5)) {
            most = max(most, await martlet.daemon.residentKilobytes ?? 0)
            return ContinuousClock.now < end ? nil : most
        }
    }
}
