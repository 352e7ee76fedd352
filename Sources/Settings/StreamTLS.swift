import GatewayKit

/// How the stream to the XMPP server is encrypted: the section `tls` of a gateway.
package struct StreamTLS: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        /// STARTTLS if the server offers it.
        case ifOffered = "if-offered"
        /// STARTTLS, or no stream.
        case required
        /// TLS from the first byte.
        case direct
        case off
    }

    /// The PEM files of the certificate that Martlet shows to the server, and of its key.
    package struct ClientCertificate: Sendable, Equatable {
        package var certificate: String
        package var key: String
    }

    /// `required` if the section has a name, pin, CA file or certificate and no mode.
    package var mode = Mode.ifOffered
    /// The name that the server's certificate must have; nil for the host of the server's address.
    package var name: String?
    package var check = CertificateCheck()
    package var clientCertificate: ClientCertificate?

    package init() {}

    /// Reads the section; nil counts as an empty section.
    init(_ reader: ConfigReader?, _ external: ExternalChecks) {
        guard let reader else { return }
        defer { reader.finish() }
        let choice = reader.choice("mode", of: Mode.self)
        name = reader.string("name")
        if name?.isEmpty == true { reader.report("name", "is empty") }
        check = CertificateCheck(reading: reader)
        if let file = check.caFile, let flaw = external.caFileFlaw(file) { reader.report("ca-file", flaw) }
        clientCertificate = StreamTLS.clientCertificate(reader, external)
        // Somebody who says which server is the right one, or how to know it, wants no stream in clear text.
        let expectsTLS = ["name", "ca-file", "pin", "certificate"].contains { reader.has($0) }
        mode = choice ?? (expectsTLS && !reader.has("mode") ? .required : mode)
        if choice == .ifOffered, !check.pins.isEmpty {
            let words =
                "'if-offered' contradicts 'pin': an attacker who offers no TLS would get the handshake in clear text."
                + " Use 'required', or remove 'pin'"
            reader.report("mode", words)
        }
    }

    private static func clientCertificate(_ reader: ConfigReader, _ external: ExternalChecks) -> ClientCertificate? {
        switch (reader.string("certificate"), reader.string("key")) {
        case (let certificate?, let key?):
            if let flaw = external.identityFlaw(certificate, key) { reader.report("certificate", flaw) }
            return ClientCertificate(certificate: certificate, key: key)
        case (nil, nil): break
        case (_?, nil): reader.report("certificate", "needs 'key'")
        case (nil, _?): reader.report("key", "needs 'certificate'")
        }
        return nil
    }
}
