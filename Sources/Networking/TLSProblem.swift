/// The reason why a TLS handshake failed, except for problems of the server's certificate (`CertificateProblem`).
package enum TLSProblem: Sendable, Equatable {
    /// The peer answers in clear text.
    case clearText
    /// The peer supports only versions before TLS 1.2.
    case version
    /// The two sides have no cipher, group or signature algorithm in common.
    case nothingInCommon
    /// The peer has no certificate for the name that we asked for (`unrecognized_name`, RFC 6066 §3).
    case unknownName
    /// The peer demands a client certificate, or refuses ours.
    case clientCertificate
    /// The peer ended the handshake with another alert (RFC 8446 §6). The text is the alert's name.
    case alert(String)
    /// The peer closed the connection in the middle of the handshake.
    case closed
    /// Another fault. The text is the name that the TLS library gives it.
    case other(String)

    /// Finds the reason among the error names of BoringSSL, such as `WRONG_VERSION_NUMBER`.
    init(names: [String]) {
        self = names.lazy.compactMap(TLSProblem.init(name:)).first ?? .other(names.joined(separator: ", "))
    }

    private init?(name: String) {
        if let known = TLSProblem.known[name] {
            self = known
        } else if let mark = name.firstRange(of: "_ALERT_") {
            self = .alert(name[mark.upperBound...].lowercased().map { $0 == "_" ? " " : String($0) }.joined())
        } else {
            return nil
        }
    }

    private static let known: [String: TLSProblem] = [
        // The first bytes of the answer are no TLS record.
        "WRONG_VERSION_NUMBER": .clearText, "HTTP_REQUEST": .clearText, "HTTPS_PROXY_REQUEST": .clearText,
        "UNSUPPORTED_PROTOCOL": .version, "TLSV1_ALERT_PROTOCOL_VERSION": .version,
        "SSLV3_ALERT_HANDSHAKE_FAILURE": .nothingInCommon, "TLSV1_ALERT_INSUFFICIENT_SECURITY": .nothingInCommon,
        "NO_COMMON_SIGNATURE_ALGORITHMS": .nothingInCommon, "WRONG_SIGNATURE_TYPE": .nothingInCommon,
        "WRONG_CURVE": .nothingInCommon, "BAD_ECC_CERT": .nothingInCommon, "UNKNOWN_CIPHER_RETURNED": .nothingInCommon,
        "WRONG_CIPHER_RETURNED": .nothingInCommon, "NO_SHARED_GROUP": .nothingInCommon,
        "TLSV1_ALERT_UNRECOGNIZED_NAME": .unknownName, "TLSV1_UNRECOGNIZED_NAME": .unknownName,
        "TLSV13_ALERT_CERTIFICATE_REQUIRED": .clientCertificate, "TLSV1_ALERT_CERTIFICATE_REQUIRED": .clientCertificate,
        "SSLV3_ALERT_NO_CERTIFICATE": .clientCertificate, "SSLV3_ALERT_BAD_CERTIFICATE": .clientCertificate,
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": .clientCertificate,
        "SSLV3_ALERT_CERTIFICATE_REVOKED": .clientCertificate, "SSLV3_ALERT_CERTIFICATE_EXPIRED": .clientCertificate,
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN": .clientCertificate, "TLSV1_ALERT_UNKNOWN_CA": .clientCertificate,
        "EOF during handshake": .closed,
    ]
}

extension TLSProblem {
    /// The reason as a clause, for the log and for users: "the server …".
    package var words: String {
        switch self {
        case .clearText: "the server answers in clear text on this port"
        case .version: "the server supports only versions older than TLS 1.2"
        case .nothingInCommon: "the server and this gateway have no cipher, group or signature algorithm in common"
        case .unknownName: "the server does not know that name"
        case .clientCertificate: "the server demands a client certificate, or refuses ours"
        case .alert(let name): "the server ended the handshake with the alert \"\(name)\""
        case .closed: "the server closed the connection during the handshake"
        case .other(let name): "the handshake failed with \(name)"
        }
    }

    /// The next step for the operator; nil if nothing helps on this side.
    var remedy: String? {
        switch self {
        case .clearText: "check the port, and that it is the one for TLS"
        case .version, .nothingInCommon: "the server's operator has to update it"
        case .unknownName: "use a name that the server has a certificate for"
        case .clientCertificate, .alert, .closed, .other: nil
        }
    }
}
