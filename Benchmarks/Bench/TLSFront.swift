import Foundation
import Glibc
import ServerRig

/// haproxy, which takes connections with TLS on port 6697 of an IRC server's address, and passes them on to port 6667.
final class TLSFront {
    private let program: String
    private let folder: RigFolder
    private let host: String
    private var process: ChildProcess?

    init(_ program: String, to host: String) throws {
        guard access(program, X_OK) == 0 else { throw BenchFailure("there is no \(program): apt-get install haproxy") }
        self.program = program
        self.host = host
        folder = try RigFolder()
        let key = folder.path + "/key.pem"
        let certificate = folder.path + "/certificate.pem"
        let openssl = try folder.launch(
            "openssl",
            [
                "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-days", "2", "-keyout", key, "-out", certificate, "-subj", "/CN=irc.test",
            ])
        openssl.waitForEnd()
        let pair = try [certificate, key].map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
        try folder.write(pair, to: "pair.pem", mode: 0o600)
        try folder.write(
            """
            global
              maxconn 9000
              nbthread 1
            defaults
              mode tcp
              timeout connect 10s
              timeout client 1h
              timeout server 1h
            listen irc
              bind \(host):6697 ssl crt \(folder.path)/pair.pem backlog 8192
              server irc \(host):6667

            """, to: "haproxy.cfg")
    }

    /// Starts haproxy, and returns when it takes connections. The stage goes on meanwhile.
    func start(_ stage: Stage) throws {
        let process = try folder.launch("haproxy", [program, "-db", "-f", folder.path + "/haproxy.cfg"])
        self.process = process
        try stage.settle(seconds: 0.3)
        guard process.end == nil else { throw BenchFailure("haproxy ended\n\(folder.logs.tails())") }
    }

    /// Ends haproxy at once. All its connections break. The stage goes on meanwhile.
    func kill(_ stage: Stage) throws {
        guard let process else { return }
        process.send(signal: SIGKILL)
        try stage.run("the end of haproxy") { process.end != nil }
        self.process = nil
    }

    /// Ends haproxy, and waits for its end.
    func stop() {
        process?.send(signal: SIGKILL)
        process?.waitForEnd()
        process = nil
    }
}
