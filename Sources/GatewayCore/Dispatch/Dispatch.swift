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
    let repeats: Repeats
    let privileges: Privileges
    let blockLists: BlockLists

    init(
        _ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts, _ repeats: Repeats, _ privileges: Privileges,
        _ blockLists: BlockLists
    ) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        self.repeats = repeats
        self.privileges = privileges
        self.blockLists = blockLists
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
        if from.resource == nil, receivedFromServer(message, from: from) { return }
        let user = kernel.users[from]
        guard kernel.mayUse(from, user) else { return home.refuse(message, kernel.refusal(of: from)) }
        guard maySend(from, user) else { return home.refuse(message, tooFast) }
        guard maySendMessage(from, user) else { return home.refuse(message, tooManyMessages) }
        if let user { return dispatch(message, user, to: to) }
        if !waits(.message(message), from) { home.refuse(message, .tooManyRequests) }
    }

    /// Handles a message without a resource if a server has made it: a grant, or a message in the name of a user. Such
    /// messages do not count for the user's limits.
    private func receivedFromServer(_ message: Message, from: JID) -> Bool {
        guard from.local != nil else { return privileges.takesGrant(message, from: from) }
        guard privileges.takesCopy(message, from: from) else { return false }
        kernel.count(.repeatsOut)
        return true
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
        let user = kernel.users[from]
        switch presence.type {
        case .error: return resourceGone(from: from, to: to)
        case .unavailable: break
        default:
            guard kernel.mayUse(from, user) else { return home.refuse(presence, kernel.refusal(of: from)) }
            guard maySend(from, user) else { return home.refuse(presence, tooFast) }
        }
        if let user { return dispatch(presence, user, to: to) }
        // A user who is neither loaded nor being loaded is in no room and has nothing else that could end.
        guard presence.type != .unavailable || kernel.users.isLoading(from) else {
            return answerUnavailable(from: from, to: to)
        }
        let isGoodbye = presence.type == .unavailable
        let isKept = waits(.presence(presence), from, isGoodbye: isGoodbye)
        if !isKept, !isGoodbye { home.refuse(presence, .tooManyRequests) }
    }

    private func received(_ iq: IQ) {
        guard iq.type == .get || iq.type == .set else { return kernel.count(.stanzasIgnored) }
        guard let from = iq.head.from, let to = iq.head.to else { return kernel.count(.stanzasIgnored) }
        let user = kernel.users[from]
        guard kernel.mayUse(from, user) else { return home.refuse(iq, kernel.refusal(of: from)) }
        guard maySend(from, user) else { return home.refuse(iq, tooFast) }
        if let user { return dispatch(iq, user, from: from, to: to) }
        if !waits(.iq(iq), from) { home.refuse(iq, .tooManyRequests) }
    }

    /// Answers the unavailable presence of a user who is not loaded. The gateway and its networks answer it (XEP-0100
    /// §4.5). People who may not use the gateway learn nothing of it.
    private func answerUnavailable(from: JID, to: JID) {
        guard from.resource != nil, kernel.mayUse(from), case .success(let target) = kernel.target(of: to),
            [.gateway, .network].contains(target.kind),
            kernel.answeredUnavailables.mustAnswer(from, at: to, now: kernel.world.now())
        else { return kernel.count(.stanzasIgnored) }
        home.send(Presence(StanzaHead(to: from, from: kernel.present(as: to)), type: .unavailable))
    }

    private func waits(_ stanza: Stanza, _ from: JID, isGoodbye: Bool = false) -> Bool {
        kernel.wait(.stanza(stanza), for: UserID(from.bare.description), isGoodbye: isGoodbye)
    }

    /// Takes one token from the sender's allowance. Returns false if the allowance is used up. Do not call this for
    /// unavailable presence, results and errors: they are free.
    ///
    /// - Parameter user: the sender, if loaded.
    private func maySend(_ sender: JID, _ user: User?) -> Bool {
        let isTaken =
            if let user {
                kernel.stanzaAllowances.take(sender, at: &user.stanzaPlace, now: kernel.world.now)
            } else {
                kernel.stanzaAllowances.take(sender, now: kernel.world.now)
            }
        if !isTaken { kernel.overLimit("stanzas-per-second", sender) }
        return isTaken
    }

    /// Takes one token from the sender's allowance for messages, like `maySend`.
    private func maySendMessage(_ sender: JID, _ user: User?) -> Bool {
        let isTaken =
            if let user {
                kernel.messageAllowances.take(sender, at: &user.messagePlace, now: kernel.world.now)
            } else {
                kernel.messageAllowances.take(sender, now: kernel.world.now)
            }
        if !isTaken { kernel.overLimit("messages-per-second", sender) }
        return isTaken
    }

    private var tooManyMessages: StanzaError {
        let rate = kernel.settings.limits.messagesPerSecond
        let shown = rate == rate.rounded() ? "\(Int(rate))" : "\(rate)"
        return StanzaError(
            .policyViolation, as: .temporary,
            "You send more messages than this gateway permits (\(shown) a second). Wait a moment, then send it again."
        )
    }

    private var tooFast: StanzaError {
        let rate = Int(kernel.settings.limits.stanzasPerSecond.rounded(.up))
        return StanzaError(
            .policyViolation, as: .temporary,
            "You send faster than this gateway permits (\(rate) a second). Wait a moment, then send this again.")
    }

    /// Refuses a stanza to a domain that is not the gateway's. The error comes from the gateway's domain, because a
    /// server ends the stream of a component that sends from another domain (RFC 6120 §4.9.3.9).
    private func receivedMisrouted(_ stanza: Stanza) {
        guard stanza.head.from != nil else { return kernel.count(.stanzasIgnored) }
        let error = StanzaError(.itemNotFound, "This is not an address of \(kernel.settings.domain).")
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
