import Foundation

/// Martlet with the echo network, on a stream that a test describes. The servers are the test's own.
package final class StreamScene: Sendable {
    package let folder: RigFolder
    package let domain: String
    package let martlet: Martlet

    /// - Parameters:
    ///   - keys: keys of the gateway's section, one line of YAML each: `server: 127.0.0.1:5347`.
    ///   - secretFile: the file with the component's secret. Nil for the secret of `StartTLSServer`.
    ///   - environment: variables for Martlet, beside the usual ones.
    package init(
        _ keys: [String], domain: String = "echo.example.org", secretFile: String? = nil,
        environment: [String: String] = [:], in folder: RigFolder
    ) throws {
        self.folder = folder
        self.domain = domain
        let secret = try secretFile ?? folder.write(StartTLSServer.secret + "\n", to: "echo.secret", mode: 0o600)
        let operationsPort = try Port.free()
        let lines = keys.map { "    \($0)\n" }.joined()
        martlet = try Martlet(
            """
            registry: \(folder.path)/registry.sqlite
            access: {allow: [example.org]}
            operations: {listen: "127.0.0.1:\(operationsPort)"}
            log: {level: info}
            gateways:
              \(domain):
                secret: {file: \(secret)}
                adapter: template

            """ + lines, webhookPort: 0, operationsPort: operationsPort, in: folder, environment: environment)
    }

    /// Returns when the gateway answers a ping that comes over this server's stream.
    package func expectAnswer(over server: StartTLSServer) async throws {
        try await server.send(
            "<iq type='get' id='p1' from='alice@example.org/desk' to='\(domain)'><ping xmlns='urn:xmpp:ping'/></iq>")
        _ = try await server.stanzas.first("the answer to a ping", within: .patience) {
            $0.has("<iq", "type='result'", "p1", "alice@example.org/desk")
        }
    }

    /// The lines of Martlet's log about the gateway at warning and above.
    package var complaints: [String] {
        martlet.log.split(separator: "\n").filter { line in
            let words = line.split(separator: " ")
            return words.count > 2 && ["warning", "error"].contains(words[1]) && words[2] == domain + ":"
        }.map(String.init)
    }

    package func stop() async {
        await martlet.daemon.stop()
        folder.remove()
    }
}
