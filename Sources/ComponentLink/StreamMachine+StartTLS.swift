import XMPP

/// STARTTLS (RFC 6120 §5), between the server's header and our handshake.
extension StreamMachine {
    /// Decides what follows the server's header.
    mutating func negotiate(announcesFeatures: Bool) -> [Action] {
        guard encryption.allowsStartTLS, !isEncrypted else { return authenticate() }
        state = .negotiating
        return [.startDeadline(announcesFeatures ? .features : .endOfTurn)]
    }

    /// Handles the events between the server's header and the end of the TLS handshake.
    mutating func handleStartTLS(_ event: Event) -> [Action] {
        switch (state, event) {
        case (.negotiating, .features(let features)):
            return decide(after: features)
        case (.negotiating, .deadline):
            // Openfire takes the request although it sends no features on component streams.
            return encryption == .required ? prepareTLS() : authenticate()
        case (.preparingTLS, .tlsPrepared):
            state = .requestingTLS
            return [.sendStartTLS]
        case (.requestingTLS, .answeredStartTLS(let consents)):
            guard consents else { return end(with: .startTLSRefused("<failure/>"), [.sendFooter]) }
            state = .handshakingTLS
            return [.startTLS]
        case (.handshakingTLS, .tlsEstablished):
            isEncrypted = true
            return open()
        case (.handshakingTLS, .clearTextAfterProceed):
            return drop(with: .clearTextAfterProceed)
        default:
            return handleFailedStartTLS(event)
        }
    }

    private mutating func decide(after features: StreamFeatures) -> [Action] {
        if features.startTLS != .none { return prepareTLS() }
        return encryption == .required ? end(with: .startTLSNotOffered, [.sendFooter]) : authenticate()
    }

    private mutating func prepareTLS() -> [Action] {
        state = .preparingTLS
        return [.prepareTLS, .startDeadline(.startTLS)]
    }

    private mutating func handleFailedStartTLS(_ event: Event) -> [Action] {
        switch (state, event) {
        case (.preparingTLS, .deadline), (.requestingTLS, .deadline), (.handshakingTLS, .deadline):
            return drop(with: .startTLSTimedOut)
        case (.preparingTLS, .tlsFailed(let error)), (.handshakingTLS, .tlsFailed(let error)):
            return drop(with: .dial(error))
        case (.requestingTLS, .streamError(let condition, let text)):
            let failure = LinkFailure(condition: condition, text: text)
            if failure == .hostUnknown || failure == .conflict { return handleEnd(event) }
            let words = text.isEmpty ? condition : "\(condition), \(text)"
            return end(with: .startTLSRefused("the stream error \(words)"), [.sendFooter])
        case (.requestingTLS, .malformed(let error, _)):
            return end(with: .startTLSRefused("bad XML"), [.sendStreamError(error), .sendFooter])
        case (.requestingTLS, .streamEnded):
            return drop(with: .startTLSRefused("the end of the stream"), [.sendFooter])
        case (.requestingTLS, .disconnected):
            return drop(with: .startTLSRefused("the end of the connection"))
        default:
            return handleEnd(event)
        }
    }

    /// Handles a server that demands TLS after we have gone on without it. Nil for all other events.
    mutating func handleDemandForTLS(_ event: Event) -> [Action]? {
        guard state == .authenticating, !isEncrypted else { return nil }
        switch event {
        case .features(let features) where features.startTLS == .required:
            return end(with: .encryptionDemanded("it demands STARTTLS"), [.sendFooter])
        // Openfire: "TLS is mandatory, but was not established".
        case .streamError("not-authorized", let text), .streamError("policy-violation", let text):
            guard text.contains("TLS") else { return nil }
            return end(with: .encryptionDemanded(text), [.sendFooter])
        default:
            return nil
        }
    }
}
