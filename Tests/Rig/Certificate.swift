/// A self-signed certificate that is made for one rig.
package struct Certificate: Sendable {
    /// The certificate to trust, a PEM file.
    package let certificate: String
    /// The private key, a PEM file that only its owner can read.
    package let key: String

    /// Makes a certificate for these names and 127.0.0.1.
    static func make(
        _ names: [String], in folder: RigFolder, as file: String, curve: String = "prime256v1"
    ) async throws -> Certificate {
        let made = Certificate(certificate: "\(folder.path)/\(file).crt", key: "\(folder.path)/\(file).key")
        let alternatives = names.map { "DNS:" + $0 }.joined(separator: ",") + ",IP:127.0.0.1"
        try await folder.run([
            "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:\(curve)",
            "-nodes", "-days", "30", "-keyout", made.key, "-out", made.certificate,
            "-subj", "/CN=\(names.first ?? "localhost")", "-addext", "subjectAltName=" + alternatives,
        ])
        return made
    }
}
