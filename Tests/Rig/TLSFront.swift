import Foundation

/// A TLS terminator in front of a server that has no TLS of its own, such as Prosody's port for components.
package final class TLSFront: Sendable {
    package let port: Int
    private let process: ChildProcess
    private let output: String

    /// Starts a terminator and returns when it accepts connections.
    ///
    /// - Parameters:
    ///   - certificate: a PEM file; `key` is the file with its key.
    ///   - clients: a PEM file of the certificates that clients may show. Nil if they need none.
    package static func start(
        to target: Int, certificate: String, key: String, clients: String? = nil, in folder: RigFolder
    ) async throws -> TLSFront {
        let port = try Port.free()
        let command = ["/usr/bin/python3", "-u", RigResources.path("tls_front.py"), "\(port)", "\(target)"]
        let process = try folder.launch("tls-front", command + [certificate, key] + (clients.map { [$0] } ?? []))
        try await poll("the TLS terminator to listen", within: .patience) {
            folder.logs.tails()
        } until: {
            LineSocket.accepts(port: port) ? () : nil
        }
        return TLSFront(port: port, process: process, output: folder.path + "/tls-front.out")
    }

    private init(port: Int, process: ChildProcess, output: String) {
        self.port = port
        self.process = process
        self.output = output
    }

    /// One line for each connection that was passed on, and for each that was refused with the reason.
    package var log: String { ServerLogs.read(output) }

    package func stop() { process.send(signal: SIGTERM) }
}
