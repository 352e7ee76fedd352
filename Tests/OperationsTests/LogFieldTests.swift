import Logging
import Testing

@testable import Operations

@Suite("Fields of log records")
struct LogFieldTests {
    /// The part of a line behind time and level.
    private func line(_ settings: LogSettings = LogSettings(), _ write: (inout Logger) -> Void) -> String {
        let log = LoggingTests.Log()
        var logger = log.logger("l", settings)
        write(&logger)
        return log.text.split(separator: " ", maxSplits: 1).last.map(String.init) ?? ""
    }

    @Test("A value of the longest length is written whole, a longer one is cut and says so")
    func cut() {
        let longest = String(repeating: "a", count: LogRecord.valueLimit)
        #expect(line { $0.info("m", metadata: ["k": "\(longest)"]) } == "info l: m k=\(longest)\n")
        #expect(line { $0.info("m", metadata: ["k": "\(longest)b"]) } == "info l: m k=\(longest)…\n")
        #expect(line { $0.info("\(longest)b") } == "info l: \(longest)…\n")
    }

    @Test("A field of the record stands above one of the logger, and a named error above the logger's")
    func precedence() {
        struct Broken: Error {}
        let text = line { logger in
            logger[metadataKey: "a"] = "logger"
            logger[metadataKey: "b"] = "logger"
            logger[metadataKey: "error"] = "logger"
            logger.info("m", error: Broken(), metadata: ["b": "record"])
        }
        #expect(text == "info l: m a=logger b=record error=Broken()\n")
    }

    @Test("A field that is set and taken back is not written")
    func removed() {
        let text = line { logger in
            logger[metadataKey: "a"] = "1"
            logger[metadataKey: "a"] = nil
            logger.info("m")
        }
        #expect(text == "info l: m\n")
    }

    @Test("A JSON record without fields has no metadata, and what is no text is written as its description")
    func json() {
        let settings = LogSettings(format: .json)
        #expect(line(settings) { $0.info("m") }.hasSuffix(#""message":"m"}"# + "\n"))
        let converted = line(settings) { $0.info("m", metadata: ["n": .stringConvertible(5), "a": []]) }
        #expect(converted.hasSuffix(#""message":"m","metadata":{"a":[],"n":"5"}}"# + "\n"))
    }
}
