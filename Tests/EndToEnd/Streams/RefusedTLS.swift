import ServerRig
import TestCertificates
import Testing

extension Streams {
    /// A server with one fault of TLS, and the words of the one line that Martlet logs about it.
    struct Faulty: Sendable, CustomTestStringConvertible {
        enum Fault: Sendable { case expired, otherName, unknownIssuer, none }

        let testDescription: String
        var fault = Fault.none
        var answer = StartTLSServer.Behaviour.Answer.proceed
        var demandsCertificate = false
        let words: [String]
    }

    private static let faulty = [
        Faulty(testDescription: "expired", fault: .expired, words: ["expired on 2021-01-01", "renew it"]),
        Faulty(
            testDescription: "wrong host", fault: .otherName,
            words: ["is not for 127.0.0.1 but for other.test", "tls"]),
        Faulty(testDescription: "unknown issuer", fault: .unknownIssuer, words: ["Harbour Authority", "ca-file"]),
        Faulty(
            testDescription: "failure", answer: .failure,
            words: ["does not begin TLS", "<failure/>", "gateways.echo.example.org.tls.mode"]),
        Faulty(
            testDescription: "injection", answer: .proceedWith("<handshake/>"),
            words: ["clear text", "behind its consent"]),
        Faulty(
            testDescription: "no client certificate", demandsCertificate: true,
            words: ["client certificate", "gateways.echo.example.org.tls.certificate"]),
    ]

    @Test("each fault of TLS gives one line with the next step, and Martlet tries on", arguments: faulty)
    func refusedTLS(_ faulty: Faulty) async throws {
        let folder = try RigFolder()
        let certificates = try CertificateFolder()
        let shown = try certificate(of: faulty.fault, certificates)
        var behaviour = StartTLSServer.Behaviour(certificate: shown.path, key: shown.keyPath)
        behaviour.answer = faulty.answer
        if faulty.demandsCertificate { behaviour.clients = try certificates.make("echo.example.org").path }
        let server = try await StartTLSServer.start(behaviour, domain: "echo.example.org", logs: folder.logs)
        let trusted = faulty.fault == .unknownIssuer ? try certificates.make("another") : shown
        let scene = try StreamScene(
            ["server: 127.0.0.1:\(server.port)", "tls: {mode: required, ca-file: \(trusted.path)}"], in: folder)

        try await scene.martlet.daemon.start()
        for _ in 0..<3 {
            try await server.await("connection")
            try await server.await("end")
        }

        #expect(scene.complaints.count == 1, "\(scene.complaints)")
        for word in faulty.words { #expect(scene.complaints.first?.contains(word) == true, "\(scene.complaints)") }
        #expect(await scene.martlet.daemon.end == nil)
        #expect(server.events.present { $0 == "open" }.isEmpty)
        let health = try await scene.martlet.health()
        #expect(health.status == 503 && !health.body.contains("\"starting\""), "\(health.body)")
        #expect(!scene.martlet.log.contains("PRIVATE KEY"))
        await scene.stop()
        await server.stop()
    }

    private func certificate(of fault: Faulty.Fault, _ folder: CertificateFolder) throws -> TestCertificate {
        switch fault {
        case .none: try folder.make("xmpp.example.org", addresses: ["127.0.0.1"])
        case .expired: try folder.make("xmpp.example.org", addresses: ["127.0.0.1"], until: "20210101000000Z")
        case .otherName: try folder.make("other.test")
        case .unknownIssuer:
            try folder.make("xmpp.example.org", addresses: ["127.0.0.1"], issuer: folder.make("Harbour Authority"))
        }
    }
}
