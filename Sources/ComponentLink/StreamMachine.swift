import Networking
import XML
import XMPP

/// One component stream (XEP-0114 §3, RFC 6120 §4 and §5) as a value: events go in, actions come out.
///
/// The machine knows the state of the stream. It does not see the stanzas on it.
struct StreamMachine: Equatable {
    enum State: Equatable {
        case idle
        case connecting
        /// Our header is sent; the machine waits for the server's header.
        case opening
        /// The server's header has come. The server's features may follow, with an offer of STARTTLS.
        case negotiating
        /// TLS is being prepared, before it is asked for.
        case preparingTLS
        /// The server is asked for TLS; the machine waits for its answer.
        case requestingTLS
        /// The server has consented; the TLS handshake is under way. A new stream follows.
        case handshakingTLS
        /// Our handshake is sent; the machine waits for the server's answer.
        case authenticating
        case open
        /// We have ended the stream and wait for the server to end it, too. If `retry`, a new attempt follows.
        case closing(retry: Bool)
        /// Between two attempts to connect.
        case waiting
        case ended
    }

    enum Event: Equatable {
        case start
        case connected
        case dialFailed(DialError)
        /// The server's stream header. The server announces features with `version='1.0'` (RFC 6120 §4.7.5).
        case header(id: String, announcesFeatures: Bool = false)
        /// A stream header that opens no stream for a component, and the reason why not. The server may send a stream
        /// error behind it, which tells more (§4.9.1.2).
        case unusableHeader(LinkFailure)
        case features(StreamFeatures)
        case tlsPrepared
        /// `<proceed/>` or `<failure/>`.
        case answeredStartTLS(consents: Bool)
        /// Bytes have come behind `<proceed/>` that are not TLS.
        case clearTextAfterProceed
        case tlsEstablished
        /// TLS could not be prepared, or its handshake failed.
        case tlsFailed(DialError)
        case notXMPP(String)
        case handshakeAccepted
        case streamError(condition: String, text: String)
        case streamEnded
        /// The server has sent bytes that are not XML, or XML that XMPP forbids. `sender` is the `from` of the stanza
        /// in which they stood; nil if it is unknown.
        case malformed(XMLError, sender: String? = nil)
        case disconnected
        /// The time set by the last `startDeadline` is over.
        case deadline
        case wentSilent
        case fenceLost
        case retry
        case close
    }

    enum Action: Equatable {
        case dial
        case sendHeader
        case sendHandshake(streamID: String)
        case prepareTLS
        case sendStartTLS
        case startTLS
        /// The link can be used now.
        case open
        /// The link cannot be used, or not any more: report that, and answer everything that is pending.
        case lose(LinkFailure)
        case sendStreamError(XMLError)
        case sendFooter
        case closeSocket
        case startDeadline(Deadline)
        case stopDeadline
        case scheduleRetry
        /// The link has ended for good.
        case end
    }

    enum Deadline: Equatable {
        case handshake, features, startTLS, close
        /// The end of the wait for a stream error behind a header that cannot be used.
        case streamError
        /// The end of the present turn of the event loop. A server that does not announce features may still send them
        /// in the same write as its header, so the machine waits no longer.
        case endOfTurn
    }

    let encryption: StreamEncryption.Mode
    var state = State.idle
    /// Whether the present connection is encrypted.
    var isEncrypted = false
    /// The id in the server's last header. It is not part of `state`, because every stanza asks for the state.
    private var streamID = ""
    /// Why the server's header cannot be used; nil if it can, or has not come yet.
    private var fault: LinkFailure?

    init(_ encryption: StreamEncryption.Mode = .ifOffered) { self.encryption = encryption }

    var isOpen: Bool { state == .open }

    /// Whether the delegate still gets stanzas that arrive.
    var takesStanzas: Bool { state == .open || state == .closing(retry: false) }

    /// Returns the actions for an event, in order. An event that does not fit the state has come late, and leads to no
    /// action.
    mutating func handle(_ event: Event) -> [Action] {
        switch state {
        case .idle, .waiting: return handleOffline(event)
        case .connecting: return handleConnecting(event)
        case .opening, .authenticating, .open: return handleLive(event)
        case .negotiating, .preparingTLS, .requestingTLS, .handshakingTLS: return handleStartTLS(event)
        case .closing(let retry): return handleClosing(event, retry: retry)
        case .ended: return event == .connected ? [.closeSocket] : event == .close ? [.end] : []
        }
    }

    private mutating func handleOffline(_ event: Event) -> [Action] {
        switch event {
        case .start where state == .idle, .retry where state == .waiting:
            state = .connecting
            return [.dial]
        case .close:
            state = .ended
            return [.end]
        default: return []
        }
    }

    private mutating func handleConnecting(_ event: Event) -> [Action] {
        switch event {
        case .connected:
            isEncrypted = encryption == .direct
            return open()
        case .dialFailed(let error):
            state = .waiting
            return [.lose(.dial(error)), .scheduleRetry]
        case .close:
            state = .ended
            return [.end]
        default: return []
        }
    }

    private mutating func handleLive(_ event: Event) -> [Action] {
        switch event {
        case .header(let id, let announcesFeatures) where state == .opening:
            streamID = id
            return negotiate(announcesFeatures: announcesFeatures)
        case .unusableHeader(let reason) where state == .opening:
            fault = reason
            return [.startDeadline(.streamError)]
        case .handshakeAccepted where state == .authenticating:
            state = .open
            return [.stopDeadline, .open]
        default:
            return handleDemandForTLS(event) ?? handleEnd(event)
        }
    }

    /// Sends our header. The server's header is then due.
    mutating func open() -> [Action] {
        state = .opening
        fault = nil
        return [.sendHeader, .startDeadline(.handshake)]
    }

    /// Sends the proof that we know the secret.
    mutating func authenticate() -> [Action] {
        state = .authenticating
        return [.sendHandshake(streamID: streamID), .startDeadline(.handshake)]
    }

    /// Handles the events that end a stream in any state, on purpose or not.
    mutating func handleEnd(_ event: Event) -> [Action] {
        guard event == .close else { return handleLoss(event) }
        state = .closing(retry: false)
        return [.sendFooter, .startDeadline(.close)]
    }

    private mutating func handleLoss(_ event: Event) -> [Action] {
        if state == .opening, let fault {
            switch event {
            case .streamError: break
            case .disconnected: return drop(with: fault)
            default: return end(with: fault, [.sendFooter])
            }
        }
        switch event {
        case .streamError(let condition, let text):
            return end(with: LinkFailure(condition: condition, text: text), [.sendFooter])
        case .notXMPP(let what): return end(with: .notForComponents(what), [.sendFooter])
        case .malformed(let error, _) where state == .opening:
            return end(with: .notForComponents("it does not speak XMPP"), [.sendStreamError(error), .sendFooter])
        case .malformed(let error, let sender):
            return end(with: .badXML(error, sender: sender), [.sendStreamError(error), .sendFooter])
        case .fenceLost: return end(with: .fenceLost, [.sendFooter])
        case .streamEnded: return drop(with: .closedByServer, [.sendFooter])
        case .deadline where state != .open: return drop(with: .noHandshake, [.sendFooter])
        // With TLS 1.3 a server refuses the client's certificate after the client's handshake (RFC 8446 §4.4.2.4).
        case .disconnected where state == .opening: return drop(with: isEncrypted ? .closedAfterTLS : .closedUnopened)
        case .disconnected: return drop(with: .disconnected)
        case .wentSilent: return drop(with: .dead)
        default: return []
        }
    }

    /// Ends the stream and gives the server time to end it too.
    mutating func end(with failure: LinkFailure, _ lastActions: [Action]) -> [Action] {
        state = .closing(retry: true)
        return lastActions + [.lose(failure), .startDeadline(.close)]
    }

    /// Ends the connection at once.
    mutating func drop(with failure: LinkFailure, _ lastActions: [Action] = []) -> [Action] {
        state = .waiting
        return [.stopDeadline] + lastActions + [.closeSocket, .lose(failure), .scheduleRetry]
    }

    private mutating func handleClosing(_ event: Event, retry: Bool) -> [Action] {
        switch event {
        case .close:
            state = .closing(retry: false)
            return []
        case .streamEnded, .disconnected, .deadline:
            break
        case .malformed where !retry:
            break
        default: return []
        }
        state = retry ? .waiting : .ended
        return [.stopDeadline, .closeSocket] + (retry ? [.scheduleRetry] : [.lose(.closed), .end])
    }
}
