import Foundation

/// A TLS server with a chosen fault: `openssl s_server` on a port of 127.0.0.1. It speaks no IRC.
package final class TLSServer: Sendable {
    /// What is wrong with the server.
    package enum Fault: Sendable {
        case none, expired, otherName, unknownIssuer, oldVersion, clearText
    }

    package let port: Int
    /// The server's self-signed certificate, a PEM file.
    package let certificate: String
    private let process: ChildProcess
    private let output: String

    /// Starts a server and returns when it accepts connections.
    package static func start(_ fault: Fault, in folder: RigFolder) async throws -> TLSServer {
        let home = try folder.make("tls-server")
        let (certificate, key) = ("\(home)/server.crt", "\(home)/server.key")
        let name = fault == .otherName ? "other.test" : "localhost"
        let alternatives = "subjectAltName=DNS:\(name)" + (fault == .otherName ? "" : ",IP:127.0.0.1")
        // `openssl req` cannot make a certificate of the past, so its clock is set back.
        let clock = fault == .expired ? ["/usr/bin/faketime", "2021-01-04 12:00:00"] : []
        try await folder.run(
            clock + [
                "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days", "30", "-keyout", key, "-out", certificate, "-subj", "/CN=\(name)", "-addext", alternatives,
            ], environment: ["TZ": "UTC"])
        let port = try Port.free()
        let arguments: [String]
        switch fault {
        case .clearText: arguments = ["/usr/bin/python3", "-c", clearText, "\(port)"]
        default:
            let versions = fault == .oldVersion ? ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"] : []
            arguments =
                [
                    "/usr/bin/openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", key,
                    "-rev",
                ] + versions
        }
        let process = try folder.launch("tls-server", arguments)
        let server = TLSServer(
            port: port, certificate: certificate, process: process, output: folder.path + "/tls-server.out")
        try await poll("the TLS server to listen", within: .patience) {
            folder.logs.tails()
        } until: {
            LineSocket.accepts(port: port) ? () : nil
        }
        return server
    }

    private init(port: Int, certificate: String, process: ChildProcess, output: String) {
        self.port = port
        self.certificate = certificate
        self.process = process
        self.output = output
    }

    /// The bytes that a server without TLS has received, and the messages of one with TLS.
    package var received: String { ServerLogs.read(output) }

    package func stop() { process.send(signal: SIGTERM) }

    /// Answers every connection like a server that speaks clear text.
    private static let clearText = """
        import socket, sys
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", int(sys.argv[1])))
        server.listen(8)
        while True:
            peer, _ = server.accept()
            peer.sendall(b":far.test NOTICE * :*** Looking up your hostname...\\r\\n")
            peer.settimeout(2)
            try:
                while True:
                    data = peer.recv(1000)
                    if not data: break
                    print(data, flush=True)
            except OSError: pass
            peer.close()
        """
}
