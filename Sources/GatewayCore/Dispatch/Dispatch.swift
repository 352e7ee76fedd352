import GatewayKit
import Registry
import XML
import XMPP

/// Brings every stanza and every event to the feature that handles it.
///
/// A message or request that no feature handles is refused. Presence, results and errors that no feature handles are
/// only counted. The stanzas of a user whose stored data are not loaded wait for these data.
final class Dispatch {
    let kernel: Kernel
    let home: HomeStream
    let accounts: Accounts

    init(_ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
    }

    /// Handles a stanza from the home server.
    func received(_ stanza: consuming Stanza) {
        guard stanza.head.isTo(domainOf: kernel.settings.domain) else { return receivedMisrouted(stanza) }
        switch consume stanza {
        case .message(let message): received(message)
        case .presence(let presence): received(presence)
        case .iq(let iq): received(iq)
        }
    }

    private func received(_ message: Message) {
        guard let from = message.head.from, let to = message.head.to else { return kernel.count(.stanzasIgnored) }
        if message.type == .error { return receivedError(message, from: from, to: to) }
        guard kernel.settings.allows(from) else { return home.refuse(message, .notAllowedHere) }
        guard maySend(from) else { return home.refuse(message, tooFast) }
        if let user = kernel.users[from] { return dispatch(message, user, to: to) }
        if !waits(.message(message), from) { home.refuse(message, .tooManyRequests) }
    }

    private func receivedError(_ message: Message, from: JID, to: JID) {
        for subscriber in kernel.routes.moments.messageReturned { subscriber(message, from, to) }
        if message.saysResourceIsGone { resourceGone(from: from, to: to) }
    }

    private func resourceGone(from: JID, to: JID) {
        guard from.resource != nil else { return kernel.count(.stanzasIgnored) }
        for subscriber in kernel.routes.moments.resourceGone { subscriber(from, to) }
    }

    private func received(_ presence: Presence) {
        guard let from = presence.head.from, let to = presence.head.to else { return kernel.count(.stanzasIgnored) }
        switch presence.type {
        case .error: return resourceGone(from: from, to: to)
        case .unavailable: break
        default:
            guard kernel.settings.allows(from) else { return home.refuse(presence, .notAllowedHere) }
            guard maySend(from) else { return home.refuse(presence, tooFast) }
        }
        if let user = kernel.users[from] { return dispatch(presence, user, to: to) }
        // A user who is neither loaded nor being loaded is in no room and has nothing else that could end.
        guard presence.type != .unavailable || kernel.users.isLoading(from) else {
            return kernel.count(.stanzasIgnored)
        }
        let isGoodbye = presence.type == .unavailable
        let isKept = waits(.presence(presence), from, isGoodbye: isGoodbye)
        if !isKept, !isGoodbye { home.refuse(presence, .tooManyRequests) }
    }

    private func received(_ iq: IQ) {
        guard iq.type == .get || iq.type == .set else { return kernel.count(.stanzasIgnored) }
        guard let from = iq.head.from, let to = iq.head.to else { return kernel.count(.stanzasIgnored) }
        guard kernel.settings.allows(from) else { return home.refuse(iq, .notAllowedHere) }
        guard maySend(from) else { return home.refuse(iq, tooFast) }
        if let user = kernel.users[from] { return dispatch(iq, user, from: from, to: to) }
        if !waits(.iq(iq), from) { home.refuse(iq, .tooManyRequests) }
    }

    private func waits(_ stanza: Stanza, _ from: JID, isGoodbye: Bool = false) -> Bool {
        kernel.wait(.stanza(stanza), for: UserID(from.bare.description), isGoodbye: isGoodbye)
    }

    /// Takes one token from the user's allowance. Returns false if the allowance is used up. Do not call this for
    /// unavailable presence, results and errors: they are free.
    private func maySend(_ user: JID) -> Bool {
        if kernel.stanzaAllowances.take(user, now: kernel.world.now) { return true }
        kernel.overLimit("stanzas-per-second", user)
        return false
    }

    private var tooFast: StanzaError {
        let rate = Int(kernel.settings.limits.stanzasPerSecond.rounded(.up))
        return StanzaError(
            .wait, .policyViolation,
            "You send faster than this gateway permits (\(rate) a second). Wait a moment, then send this again.")
    }

    /// Refuses a stanza to a domain that is not the gateway's. The error comes from the gateway's domain, because a
    /// server ends the stream of a component that sends from another domain (RFC 6120 §4.9.3.9).
    private func receivedMisrouted(_ stanza: Stanza) {
        guard stanza.head.from != nil else { return kernel.count(.stanzasIgnored) }
        let error = StanzaError(.cancel, .itemNotFound, "This is not an address of \(kernel.settings.domain).")
        switch stanza {
        case .message(var message):
            message.head.to = kernel.settings.domain
            home.refuse(message, error)
        case .presence(var presence):
            guard presence.type != .unavailable else { return kernel.count(.stanzasIgnored) }
            presence.head.to = kernel.settings.domain
            home.refuse(presence, error)
        case .iq(var iq):
            guard iq.type == .get || iq.type == .set else { return kernel.count(.stanzasIgnored) }
            iq.head.to = kernel.settings.domain
            home.refuse(iq, error)
        }
    }
}

extension Message {
    /// Whether the error says that the full JID does not exist or is offline (RFC 6121 §8.5.3.2). An error that cannot
    /// be read counts as such.
    fileprivate var saysResourceIsGone: Bool {
        guard let error = stanzaError else { return true }
        switch error.condition {
        case .gone, .itemNotFound, .jidMalformed, .recipientUnavailable, .redirect, .remoteServerNotFound,
            .remoteServerTimeout, .serviceUnavailable, .internalServerError:
            return true
        default: return false
        }
    }
}
