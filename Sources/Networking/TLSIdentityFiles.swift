import NIOSSL

/// The files with the certificate that a client shows to a TLS server, and with the key of the certificate, both in PEM.
/// Intermediate certificates may follow the certificate.
package struct TLSIdentityFiles: Sendable, Hashable {
    package let certificate: String
    package let key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Why the files cannot be used, in words; nil if they can.
    package var flaw: String? {
        do throws(DialError) {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateVerification = .none
            try show(in: &configuration)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Reads the files, and adds the identity to the configuration of a client.
    ///
    /// - Throws: `DialError.badSettings`.
    func show(in configuration: inout TLSConfiguration) throws(DialError) {
        configuration.certificateChain = try PEMFile(path: certificate).certificates().map { .certificate($0) }
        configuration.privateKey = .privateKey(try PEMFile(path: key).key())
        guard (try? NIOSSLContext(configuration: configuration)) != nil else {
            throw .badSettings(reason: "the certificate in \(certificate) and the key in \(key) do not belong together")
        }
    }
}
