import NIOSSL

/// The certificate that a client shows to a TLS server, and its key, both in DER.
package struct TLSIdentity: Sendable, Hashable {
    package let certificate: [UInt8]
    package let key: [UInt8]

    /// Throws if one of the two cannot be read, or if they do not belong together.
    package init(certificate: [UInt8], key: [UInt8]) throws {
        self.certificate = certificate
        self.key = key
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        try show(in: &configuration)
        _ = try NIOSSLContext(configuration: configuration)
    }

    /// Adds the identity to the configuration of a client.
    func show(in configuration: inout TLSConfiguration) throws {
        configuration.certificateChain = [.certificate(try NIOSSLCertificate(bytes: certificate, format: .der))]
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .der))
    }
}
