import Foundation
import Logging
import Testing

@testable import martlet

@Suite("Access rules that are read again")
struct AccessReloadTests {
    private func reload(_ text: String) throws -> AccessReload {
        let file = FileManager.default.temporaryDirectory.appending(path: "reload-\(UUID().uuidString).yaml").path
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let logger = Logger(label: "reload") { _ in SwiftLogNoOpLogHandler() }
        return AccessReload(logger: logger) {
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

    @Test("the answer counts the gateways that run, and says what needs a restart")
    func counted() throws {
        let text = """
            registry: \(FileManager.default.temporaryDirectory.path)/reload.sqlite
            gateways:
              irc.example.org:
                adapter: irc
                server: 127.0.0.1:5347
                secret: x
                irc: {networks: {libera: {}}}
            """
        let lines = try reload(text).reloadNow()
        #expect(lines.first == "The access rules of 0 gateways were read again. Other settings need a restart.")
    }
}
