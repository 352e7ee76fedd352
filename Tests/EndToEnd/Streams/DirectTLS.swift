import ServerRig
import TestCertificates
import Testing

extension Streams {
    @Test("behind a port of ejabberd with TLS from the first byte, a user talks with a channel")
    func ejabberdDirectTLS() async throws {
        var plan = Plan(networks: [.ngircd])
        plan.home = .ejabberd
        plan.hasDirectTLS = true
        try await Stage.with(plan) { deployment in
            let line = try await deployment.martlet.awaitLog("connected", "encryption", "TLS")
            #expect(!line.contains("STARTTLS"))
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
            try meeting.alice.say("sealed", in: meeting.room)
            try await meeting.anna.expectMessage("sealed", from: meeting.nick, to: meeting.channel)
            try meeting.anna.say("and back", to: meeting.channel)
            try await meeting.alice.expectSaid("and back", by: meeting.anna.nick, in: meeting.room)

            // The stream comes back through TLS as well.
            await deployment.home.daemon.stop()
            try await deployment.home.daemon.start()
            try await deployment.awaitGateways()
        }
    }

    @Test("a TLS terminator in front of Prosody takes the gateway's certificate, and nobody without it")
    func clientCertificate() async throws {
        let folder = try RigFolder()
        let certificates = try CertificateFolder()
        let own = try certificates.make("irc.example.org")
        let certificate = try certificates.make("xmpp.example.org", addresses: ["127.0.0.1"])
        let prosody = try await Prosody.start(in: folder)
        let front = try await TLSFront.start(
            to: prosody.componentPort(for: "irc"), certificate: certificate.path, key: certificate.keyPath,
            clients: own.path, in: folder)
        for (identity, isTaken) in [("", false), (", certificate: \(own.path), key: \(own.keyPath)", true)] {
            let scene = try StreamScene(
                [
                    "server: 127.0.0.1:\(front.port)",
                    "tls: {mode: direct, ca-file: \(certificate.path)\(identity)}",
                ], domain: "irc.example.org", secretFile: prosody.secretFile(for: "irc"), in: folder)
            try await scene.martlet.daemon.start()
            if isTaken {
                try await scene.martlet.awaitHealth(200)
                #expect(front.log.contains("passed on"))
            } else {
                try await scene.martlet.awaitLog("client certificate", "gateways.irc.example.org.tls.certificate")
                #expect(!front.log.contains("passed on"))
            }
            #expect(!scene.martlet.log.contains("PRIVATE KEY"))
            await scene.martlet.daemon.stop()
        }
        front.stop()
        await prosody.daemon.stop()
        folder.remove()
    }
}
