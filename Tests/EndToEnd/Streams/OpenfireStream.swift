import ServerRig
import TestCertificates
import Testing

extension Streams {
    /// A server that treats components as Openfire 5 does with TLS required: its header comes without features, it takes
    /// an unasked request for TLS, and it refuses a handshake in clear text.
    private func openfire(_ certificate: TestCertificate, in folder: RigFolder) async throws -> StartTLSServer {
        var behaviour = StartTLSServer.Behaviour(certificate: certificate.path, key: certificate.keyPath)
        behaviour.offer = .none
        behaviour.demandsTLS = true
        return try await StartTLSServer.start(behaviour, domain: "echo.example.org", logs: folder.logs)
    }

    @Test("a server that takes STARTTLS without offering it, as Openfire does, is asked for it if TLS is required")
    func openfireStream() async throws {
        let folder = try RigFolder()
        let certificates = try CertificateFolder()
        let certificate = try certificates.make("xmpp.example.org", addresses: ["127.0.0.1"])
        let server = try await openfire(certificate, in: folder)
        let scene = try StreamScene(
            ["server: 127.0.0.1:\(server.port)", "tls: {mode: required, ca-file: \(certificate.path)}"], in: folder)

        try await scene.martlet.daemon.start()
        try await server.await("encrypted")
        try await server.await("open")
        try await scene.expectAnswer(over: server)

        #expect(scene.complaints == [], "\(scene.martlet.log)")
        await scene.stop()
        await server.stop()
    }

    @Test("if TLS is not required here, such a server's refusal is explained with the setting that helps")
    func openfireDemandsTLS() async throws {
        let folder = try RigFolder()
        let certificates = try CertificateFolder()
        let server = try await openfire(certificates.make("xmpp.example.org"), in: folder)
        let scene = try StreamScene(["server: 127.0.0.1:\(server.port)"], in: folder)

        try await scene.martlet.daemon.start()
        try await server.await("refused")
        try await server.await("refused")

        let line = try await scene.martlet.awaitLog("echo.example.org", "only over TLS")
        #expect(line.contains("TLS is mandatory"))
        #expect(line.contains("gateways.echo.example.org.tls.mode to required"))
        #expect(scene.complaints.count == 1, "\(scene.complaints)")
        await scene.stop()
        await server.stop()
    }
}
