import Networking

/// How a component stream is encrypted.
package struct StreamEncryption: Sendable, Equatable {
    package enum Mode: Sendable, Equatable, CaseIterable {
        /// By STARTTLS if the server offers it (RFC 6120 §5), otherwise not at all.
        case ifOffered
        /// By STARTTLS. The component says nothing else before TLS.
        case required
        /// By TLS from the first byte.
        case direct
        case off
    }

    package var mode: Mode
    package var tls: TLSSettings

    package init(_ mode: Mode = .ifOffered, _ tls: TLSSettings = TLSSettings()) {
        self.mode = mode
        self.tls = tls
    }

    /// How the connection begins.
    var atDial: TLSMode { mode == .direct ? .tls(tls) : .plain }
}

extension StreamEncryption.Mode {
    /// Whether STARTTLS is used when it is possible.
    var allowsStartTLS: Bool { self == .ifOffered || self == .required }

    /// The word for the log, once a stream is open.
    func logValue(isEncrypted: Bool) -> String {
        guard isEncrypted else { return "none" }
        return self == .direct ? "TLS" : "STARTTLS"
    }
}
