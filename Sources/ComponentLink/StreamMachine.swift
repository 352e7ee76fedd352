import Networking
import XML

/// One component stream (XEP-0114 §3, RFC 6120 §4) as a value: events go in, actions come out.
///
/// The machine knows the state of the stream. It does not see the stanzas on it.
struct StreamMachine: Equatable {
    enum State: Equatable {
        case idle
        case connecting
        /// Our header is sent; the machine waits for the server's header.
        case opening
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
        /// The server's stream header. Its `id` is empty or missing if an error follows (RFC 6120 §4.9.1.2).
        case header(id: String?)
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

    enum Deadline: Equatable { case handshake, close }

    private(set) var state = State.idle

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
            state = .opening
            return [.sendHeader, .startDeadline(.handshake)]
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
        case .header(let id?) where state == .opening && !id.isEmpty:
            state = .authenticating
            return [.sendHandshake(streamID: id)]
        case .handshakeAccepted where state == .authenticating:
            state = .open
            return [.stopDeadline, .open]
        case .close:
            state = .closing(retry: false)
            return [.sendFooter, .startDeadline(.close)]
        default:
            return handleLoss(event)
        }
    }

    private mutating func handleLoss(_ event: Event) -> [Action] {
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
        case .disconnected: return drop(with: .disconnected)
        case .wentSilent: return drop(with: .dead)
        default: return []
        }
    }

    /// Ends the stream and gives the server time to end it too.
    private mutating func end(with failure: LinkFailure, _ farewell: [Action]) -> [Action] {
        state = .closing(retry: true)
        return farewell + [.lose(failure), .startDeadline(.close)]
    }

    /// Ends the connection at once.
    private mutating func drop(with failure: LinkFailure, _ farewell: [Action] = []) -> [Action] {
        state = .waiting
        return [.stopDeadline] + farewell + [.closeSocket, .lose(failure), .scheduleRetry]
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
