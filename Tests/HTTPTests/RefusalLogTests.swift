import InMemoryLogging
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP

@Suite("Refusals in the log")
struct RefusalLogTests {
    private let loop = EmbeddedEventLoop()
    private let lines = InMemoryLogHandler()

    private func log() -> RefusalLog { RefusalLog(logger: Logger(label: "test") { _ in lines }, eventLoop: loop) }

    private var told: [String] {
        lines.entries.map { "\($0.metadata["from"] ?? "-") \($0.metadata["more"] ?? "-")" }
    }

    @Test("An address is named once a minute, and how many more there were at the end of it")
    func oneAddress() {
        let log = log()
        for _ in 0..<1_000 { log.refused("refused", from: "192.0.2.1", metadata: [:]) }
        #expect(told == ["192.0.2.1 -"])
        loop.advanceTime(by: .seconds(60))
        #expect(told == ["192.0.2.1 -", "- 999"])
        log.refused("refused", from: "192.0.2.1", metadata: [:])
        loop.advanceTime(by: .seconds(60))
        #expect(told == ["192.0.2.1 -", "- 999", "192.0.2.1 -"])
    }

    @Test("Of many addresses ten are named in a minute")
    func manyAddresses() {
        let log = log()
        for number in 0..<250 { log.refused("refused", from: "192.0.2.\(number)", metadata: [:]) }
        loop.advanceTime(by: .seconds(60))
        #expect(told.count == 11)
        #expect(told.last == "- 240")
    }
}
