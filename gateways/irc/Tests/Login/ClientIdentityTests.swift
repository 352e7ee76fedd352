import Crypto
import Foundation
import GatewayKit
import Networking
import Testing

@testable import IRCAdapter

struct ClientIdentityTests {
    @Test("A new certificate can be read by the TLS library, has the key, and is kept as text")
    func new() throws {
        let key = P256.Signing.PrivateKey()
        let identity = try ClientIdentity.make(key)
        #expect(identity.signingKey?.rawRepresentation == key.rawRepresentation)
        #expect(identity.fingerprint.utf8.count == 64)
        let again = try #require(ClientIdentity(identity.text))
        #expect(again.tls == identity.tls)
        #expect(again.fingerprint == identity.fingerprint)
        #expect(again.publicKey == key.publicKey.compressedRepresentation.base64EncodedString())
        #expect(try ClientIdentity.make().fingerprint != identity.fingerprint)
        // The value of a field of the form has at most 4,096 bytes.
        #expect(identity.text.utf8.count < 1_000)
    }

    private func pem(_ identity: ClientIdentity, lineBreak: String) -> String {
        func block(_ label: String, _ bytes: [UInt8]) -> String {
            let text = Data(bytes).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
            return ["-----BEGIN \(label)-----", text, "-----END \(label)-----"].joined(separator: "\n")
                .replacing("\n", with: lineBreak)
        }
        return block("CERTIFICATE", identity.tls.certificate) + lineBreak + block("PRIVATE KEY", identity.tls.key)
    }

    @Test(
        "A certificate of the user's own is read from PEM, with or without its line breaks", arguments: [" ", "", "  "])
    func upload(lineBreak: String) throws {
        let identity = try ClientIdentity.make()
        var form = ["nick": "a", "certificate_key": pem(identity, lineBreak: lineBreak)]
        try ClientIdentity.updateFields(&form)
        #expect(
            form == ["nick": "a", "certificate": identity.fingerprint, "certificate_key": identity.text])
    }

    @Test("The form makes a certificate, keeps it, replaces it and forgets it")
    func form() throws {
        var form = ["certificate": "new"]
        try ClientIdentity.updateFields(&form)
        let first = form
        #expect(first["certificate"]?.utf8.count == 64)
        try ClientIdentity.updateFields(&form)
        #expect(form == first)
        form["certificate"] = "new"
        try ClientIdentity.updateFields(&form)
        #expect(form["certificate"] != first["certificate"] && form["certificate_key"] != first["certificate_key"])
        form["certificate"] = nil
        try ClientIdentity.updateFields(&form)
        #expect(form == [:])
    }

    @Test("A certificate that cannot be read, that has another key, or that is not there is refused")
    func refused() throws {
        let (one, other) = (try ClientIdentity.make(), try ClientIdentity.make())
        let mixed =
            pem(one, lineBreak: " ").components(separatedBy: "-----END CERTIFICATE-----")[0]
            + "-----END CERTIFICATE-----"
            + pem(other, lineBreak: " ").components(separatedBy: "-----END CERTIFICATE-----")[1]
        for form in [
            ["certificate": "old"], ["certificate": one.fingerprint],
            ["certificate": one.fingerprint, "certificate_key": other.text],
            ["certificate": "x", "certificate_key": "junk"], ["certificate_key": "-----BEGIN CERTIFICATE-----"],
            ["certificate_key": "junk"],
            ["certificate_key": mixed],
        ] {
            var form = form
            #expect(throws: Failure.self, "\(form.keys)") { try ClientIdentity.updateFields(&form) }
        }
    }

    @Test("Only a connection with TLS shows the certificate; the signature works on any")
    func mechanisms() throws {
        let settings = ["certificate_key": try ClientIdentity.make().text, "sasl_password": "x"]
        let network = IRCNetwork(host: "irc.example.org")
        let secure = Credentials(settings, nick: "me", network: network, isEncrypted: true)
        #expect(secure?.mechanisms == [.external, .challenge, .scram, .plain])
        let plain = Credentials(settings, nick: "me", network: network, isEncrypted: false)
        #expect(plain?.mechanisms == [.challenge, .scram, .plain])
        #expect(Credentials(["sasl_account": "me"], nick: "me", network: network, isEncrypted: true) == nil)
        #expect(Credentials(["sasl_password": "x"], nick: "me", network: network, isEncrypted: true)?.account == "me")
    }
}
