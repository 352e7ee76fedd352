import ComponentLink
import GatewayKit
import Networking
import Settings
import XMPP

extension ComponentSettings {
    /// The settings of a gateway's stream.
    init<Section>(_ gateway: GatewayConfiguration<Section>) throws(JIDError) {
        try self.init(
            domain: gateway.domain, server: gateway.server, secret: gateway.secret,
            configurationPath: "gateways.\(gateway.domain)")
        alternatives = gateway.alternatives
        encryption = StreamEncryption(gateway.tls)
    }
}

extension StreamEncryption {
    /// Converts the section `tls` of a gateway.
    init(_ section: StreamTLS) {
        let check = section.check
        var tls = TLSSettings(checksCertificate: check.isFull, pins: check.pins, caFile: check.caFile)
        tls.serverName = section.name
        tls.clientCertificate = section.clientCertificate.map {
            .files(TLSIdentityFiles(certificate: $0.certificate, key: $0.key))
        }
        self.init(Mode(section.mode), tls)
    }
}

extension StreamEncryption.Mode {
    fileprivate init(_ mode: StreamTLS.Mode) {
        switch mode {
        case .ifOffered: self = .ifOffered
        case .required: self = .required
        case .direct: self = .direct
        case .off: self = .off
        }
    }
}
