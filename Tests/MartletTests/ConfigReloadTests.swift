import Foundation
import GatewayKit
import Logging
import Operations
import Settings
import Synchronization
import Testing

@testable import martlet

@Suite("A configuration that is read again")
struct ConfigReloadTests {
    private func reload(_ text: String) throws -> ConfigReload {
        let file = FileManager.default.temporaryDirectory.appending(path: "reload-\(UUID().uuidString).yaml").path
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let logger = Logger(label: "reload") { _ in SwiftLogNoOpLogHandler() }
        return ConfigReload(GatewayDirectory(), outline: ConfigOutline(), levels: nil, logger: logger) {
            defer { try? FileManager.default.removeItem(atPath: file) }
            return ConfigurationOptions.read(file)
        }
    }

    @Test("a file with an error changes nothing, and the operator gets the errors with their lines")
    func faulty() throws {
        let lines = try reload("access: {allow: []}\ngateways: {}\n").reloadNow()
        #expect(lines.first == "The configuration has errors. Nothing was changed.")
        #expect(lines.dropFirst().contains { $0.contains(":1:") && $0.contains("access.allow") })
    }

    private static func text(
        _ change: String = "", access: String = "", gateway: String = "irc: {networks: {libera: {}}}"
    ) -> String {
        """
        registry: \(FileManager.default.temporaryDirectory.path)/reload.sqlite
        \(change)
        access: {allow: [example.org]\(access)}
        gateways:
          irc.example.org:
            adapter: irc
            server: 127.0.0.1:5347
            secret: x
            \(gateway)
        """
    }

    /// A reload whose file a test changes, with the levels of the log that it sets.
    private final class Running: Sendable {
        private let text: SharedText
        private let levels = LogLevels(LogSettings())
        private let reloads: ConfigReload

        private final class SharedText: Sendable {
            private let text: Mutex<String>
            init(_ text: String) { self.text = Mutex(text) }

            var value: String {
                get { text.withLock { $0 } }
                set { text.withLock { $0 = newValue } }
            }
        }

        init(_ start: String) throws {
            let text = SharedText(start)
            self.text = text
            let read: ConfigReload.Load = {
                MartletConfiguration.load(
                    text: text.value, file: "m.yaml",
                    secrets: SecretSources(environment: { _ in nil }, file: { _ in "" }),
                    adapters: AdapterCatalogue.sectionReaders(ProfileFolder(besides: "/nowhere/m.yaml")))
            }
            let outline = try #require(read().configuration).outline
            let logger = Logger(label: "reload") { _ in SwiftLogNoOpLogHandler() }
            reloads = ConfigReload(
                GatewayDirectory(), outline: outline, levels: levels, logger: logger, load: read)
        }

        func reload(_ new: String) -> [String] {
            text.value = new
            return reloads.reloadNow().filter { !$0.contains("a secret in the file itself") }
        }

        func level(of label: String) -> Logger.Level {
            var settings = LogSettings()
            settings.shared = levels
            return LineLogHandler(label: label, settings: settings, sink: { _ in }).logLevel
        }
    }

    @Test("the answer sorts the changes: at once, after a restart of a gateway, after a restart of the program")
    func sorted() throws {
        let running = try Running(Self.text())
        #expect(
            running.reload(Self.text()) == ["The configuration was read again.", "The configuration is as before."])
        let new = Self.text(
            "log: {level: debug}\nlimits: {rooms: 5}", access: ", deny: [mallory@example.org]",
            gateway: "irc: {networks: {libera: {}, oftc: {}}}")
        let lines = running.reload(new)
        #expect(
            lines == [
                "The configuration was read again.",
                "In effect now: access.deny (added), log.level (added).",
                "Needs a restart of irc.example.org: gateways.irc.example.org.irc.networks.oftc (added).",
                "Needs a restart of Martlet: limits.rooms (added).",
            ])
        #expect(running.level(of: "irc.example.org") == .debug)
    }

    @Test("a change that waits for a restart is named again, and one that came into effect is not")
    func pending() throws {
        let running = try Running(Self.text())
        let new = Self.text("log: {level: debug}\nlimits: {rooms: 5}")
        _ = running.reload(new)
        #expect(running.reload(new).dropFirst() == ["Needs a restart of Martlet: limits.rooms (added)."])
        #expect(running.reload(Self.text()).dropFirst() == ["In effect now: log.level (removed)."])
        #expect(running.level(of: "x") == .info)
    }

    @Test("a file with an error changes no level of the log either")
    func wholeRefusal() throws {
        let running = try Running(Self.text())
        let lines = running.reload(Self.text("log: {level: debug}\nlimits: {rooms: none}"))
        #expect(lines.first == "The configuration has errors. Nothing was changed.")
        #expect(lines.contains { $0.contains("limits.rooms") && $0.contains("m.yaml:3:") })
        #expect(running.level(of: "x") == .info)
    }
}
