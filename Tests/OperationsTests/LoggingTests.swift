import Glibc
import Logging
import Synchronization
import Testing

@testable import Operations

@Suite("Log records")
struct LoggingTests {
    /// Collects the records that loggers with these settings write.
    final class Log: Sendable {
        private let lines = Mutex<[String]>([])

        var text: String { lines.withLock { $0.joined() } }

        func logger(_ label: String = "irc.link", _ settings: LogSettings = LogSettings()) -> Logger {
            Logger(label: label) { label in
                LineLogHandler(
                    label: label, settings: settings, now: { 1_763_712_000.007 },
                    sink: { bytes in self.lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } })
            }
        }
    }

    @Test("The time of a record is the time of day")
    func systemTime() {
        let earliest = Double(time(nil))
        let written = LineLogHandler.systemTime()
        #expect((earliest...Double(time(nil)) + 1).contains(written))
    }

    @Test("A record is one line: time, level, label, message, sorted fields")
    func line() {
        let log = Log()
        var logger = log.logger()
        logger[metadataKey: "domain"] = "irc.localhost"
        logger.notice("stream open", metadata: ["attempt": "3", "nick": "sea gull"])
        #expect(
            log.text == """
                2025-11-21T08:00:00.007Z notice irc.link: stream open attempt=3 domain=irc.localhost nick="sea gull"

                """)
    }

    @Test(
        "No value can end its field or its line",
        arguments: [
            ("a\nb", #""a\nb""#), ("a\r\nb", #""a\r\nb""#), ("", #""""#), ("a b", #""a b""#), ("a=b", #""a=b""#),
            ("say \"hi\"", #""say \"hi\"""#), (#"\n"#, #""\\n""#), ("\u{1b}[2J", #""\u{1b}[2J""#),
            ("a\u{2028}b", #""a\u{2028}b""#), ("a\u{202e}b", #""a\u{202e}b""#), ("\u{85}", #""\u{85}""#),
            ("\0", #""\u{0}""#), ("žluťoučký", "žluťoučký"), ("😀", "😀"), ("a\tb", #""a\tb""#),
        ])
    func values(value: String, written: String) {
        let log = Log()
        log.logger("l").info("m", metadata: ["k": "\(value)"])
        #expect(log.text == "2025-11-21T08:00:00.007Z info l: m k=\(written)\n")
    }

    @Test("A message or key with a line break stays on its line")
    func messages() {
        let log = Log()
        log.logger("l").info("one\ntwo", metadata: ["a b=\n": "c"])
        #expect(log.text == "2025-11-21T08:00:00.007Z info l: one\\ntwo a_b__=c\n")
    }

    @Test("JSON records keep metadata apart and escape everything")
    func json() {
        let log = Log()
        let logger = log.logger("l", LogSettings(format: .json))
        logger.error(
            "a \"b\"\n",
            metadata: ["time": "never", "list": ["x", .dictionary(["token": "t", "n": "\u{1}\u{1b}\u{202e}"])]])
        #expect(
            log.text == #"{"time":"2025-11-21T08:00:00.007Z","level":"error","label":"l","message":"a \"b\"\n","#
                + #""metadata":{"list":["x",{"n":"\u0001\u001b\u202e","token":"<redacted>"}],"time":"never"}}"# + "\n")
    }

    @Test(
        "Values under a key that names a secret are not written",
        arguments: ["password", "SASL-Password", "authToken", "apikey", "Authorization"])
    func redaction(key: String) {
        let log = Log()
        log.logger("l").info("m", metadata: [key: "hunter2"])
        #expect(log.text.hasSuffix("=<redacted>\n"))
    }

    @Test("Long values are cut")
    func long() {
        let log = Log()
        log.logger("l").info("m", metadata: ["k": "\(String(repeating: "a", count: 100_000))"])
        #expect(log.text.utf8.count < 1_200)
    }

    @Test(
        "The level of a label is that of its longest configured prefix",
        arguments: [
            ("irc", Logger.Level.debug), ("irc.link", .debug), ("irc.link.tls", .trace), ("ircd", .info),
            ("sms", .info),
        ])
    func levels(label: String, level: Logger.Level) {
        let settings = LogSettings(levels: ["irc": .debug, "irc.link.tls": .trace])
        #expect(settings.level(for: label) == level)
        #expect(Log().logger(label, settings).logLevel == level)
    }

    @Test("Below its level nothing is written; an error is a field")
    func filtering() {
        struct Broken: Error {}
        let log = Log()
        log.logger("l").debug("hidden")
        log.logger("l").warning("seen", error: Broken())
        #expect(log.text == "2025-11-21T08:00:00.007Z warning l: seen error=Broken()\n")
    }
}
