import ServerRig
import TestCertificates
import Testing

extension Streams {
    @Test("an offer of STARTTLS is taken, and the stream goes on through TLS", arguments: ["if-offered", "required"])
    func startTLSOffered(mode: String) async throws {
        let folder = try RigFolder()
        let certificates = try CertificateFolder()
        let certificate = try certificates.make("xmpp.example.org", addresses: ["127.0.0.1"])
        let server = try await StartTLSServer.start(
            StartTLSServer.Behaviour(certificate: certificate.path, key: certificate.keyPath),
            domain: "echo.example.org", logs: folder.logs)
        let scene = try StreamScene(
            ["server: 127.0.0.1:\(server.port)", "tls: {mode: \(mode), ca-file: \(certificate.path)}"], in: folder)

        try await scene.martlet.daemon.start()
        try await server.await("encrypted")
        try await server.await("open")
        try await scene.expectAnswer(over: server)

        try await scene.martlet.awaitHealth(200)
        #expect(scene.complaints == [], "\(scene.martlet.log)")
        try await scene.martlet.awaitLog("connected", "STARTTLS", "127.0.0.1:\(server.port)")
        await scene.stop()
        await server.stop()
    }

    @Test("the certificate may be for a name that is not the address")
    func nameOfCertificate() async throws {
        let folder = try RigFolder()
        let certificates = try CertificateFolder()
        let certificate = try certificates.make("xmpp.example.org")
        let server = try await StartTLSServer.start(
            StartTLSServer.Behaviour(certificate: certificate.path, key: certificate.keyPath),
            domain: "echo.example.org", logs: folder.logs)
        let scene = try StreamScene(
            [
                "server: 127.0.0.1:\(server.port)",
                "tls: {mode: required, name: xmpp.example.org, ca-file: \(certificate.path)}",
            ], in: folder)

        try await scene.martlet.daemon.start()
        try await server.await("encrypted")
        try await server.await("open")

        await scene.stop()
        await server.stop()
    }
}
