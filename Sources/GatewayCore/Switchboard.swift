import DequeModule
import GatewayKit
import Logging
import Registry
import XML
import XMPP

/// The core of one gateway: takes inputs one by one, keeps the sessions, and says what to do as effects.
///
/// Lives on the gateway's event loop. `handle` does no I/O and never waits; time, ids and capabilities come from
/// what it was given.
package final class Switchboard {
    let settings: CoreSettings
    let description: AdapterDescription
    let rules: any NetworkRules
    let world: World
    var addresses: AddressBook
    @exclusivity(unchecked) var sessions = Sessions()
    var registrations = Registrations()
    var ledger = LedgerDesk()
    var outbox = HomeOutbox()
    var slicedWork = SlicedWork()
    /// Asked with every stanza, and never while it is being asked: the check for that would cost more than the answer.
    @exclusivity(unchecked) var stanzaAllowances: Allowances
    var registrationAllowances: Allowances
    var lastLimitReport: Timestamp?
    var isLinkOpen = false
    var isStopping = false
    /// What is to be done, in order. Moved, not copied, all the way to what carries it out. Only `order` and `nextEffect`
    /// change it, and neither calls anything meanwhile.
    @exclusivity(unchecked) private var effects = UniqueDeque<Effect>()
    private var lastRequest: UInt64 = 0

    /// What the core asks of its surroundings, and whom it tells what it counts.
    package struct World {
        package let now: () -> Timestamp
        /// A new id, unique for ever, of letters, digits and `-`.
        package let newID: () -> String
        /// Nil if that account has no open session.
        package let capabilities: (AccountID, Address) -> Capabilities?
        package let count: (Counted) -> Void

        package init(
            now: @escaping () -> Timestamp, newID: @escaping () -> String,
            capabilities: @escaping (AccountID, Address) -> Capabilities?, count: @escaping (Counted) -> Void
        ) {
            self.now = now
            self.newID = newID
            self.capabilities = capabilities
            self.count = count
        }
    }

    package init(settings: CoreSettings, rules: any NetworkRules, world: World) {
        self.settings = settings
        self.rules = rules
        self.description = rules.description
        self.world = world
        self.addresses = AddressBook(domain: settings.domain, rules: rules)
        let limits = settings.limits
        stanzaAllowances = Allowances(burst: limits.stanzaBurst, perSecond: limits.stanzasPerSecond)
        registrationAllowances = Allowances(
            burst: limits.registrationsPerDay, perSecond: Double(limits.registrationsPerDay) / 86_400)
    }

    /// Handles one input. What is to be done then comes from `nextEffect`, and must be taken before the next input.
    package func handle(_ input: consuming Input) {
        switch consume input {
        case .started(let snapshot): start(from: snapshot)
        case .linkOpened: linkOpened()
        case .linkClosed: linkClosed()
        case .streamRefused(let stanza): streamRefused(stanza)
        case .stanza(let stanza): received(stanza)
        case .event(let account, let event, let receipt): received(event, of: account, receipt: receipt)
        case .committed(let tag, let result): committed(tag, result)
        case .fenced(let batch, let taken): fenced(batch: batch, taken: taken)
        case .reached(let checkpoint): reached(checkpoint)
        case .answered(let tag, let answer): answered(tag, answer)
        case .timer(let tag): timerEnded(tag)
        case .stopping(let reason): stop(reason: reason)
        }
    }

    /// Removes and returns the next effect; nil when there is none.
    package func nextEffect() -> Effect? { effects.popFirst() }

    /// Whether long work is left that the open stream could take.
    package var isBusy: Bool { isLinkOpen && !slicedWork.isEmpty }

    /// Effects ordered so far for the present input. Slices count with it: nearly all of their effects are stanzas.
    var orderedCount: Int { effects.count }
}

// MARK: - Words the features share

extension Switchboard {
    /// Has something done, after what was ordered before.
    func order(_ effect: consuming Effect) { effects.append(effect) }

    func send(_ message: Message) { order(.send(.message(message))) }
    func send(_ presence: Presence) {
        // Queued behind presences that the stream has refused, so that the newest arrives last.
        if outbox.isResendPlanned { return keep(.presence(presence)) }
        order(.send(.presence(presence)))
    }
    func send(_ iq: IQ) { order(.send(.iq(iq))) }

    func refuse(_ message: Message, _ error: StanzaError) {
        // An error is never answered with an error (RFC 6120 §8.3.1).
        guard message.type != .error else { return }
        count(.stanzaErrors)
        deliver(.direct(message.error(error)))
    }

    func refuse(_ presence: Presence, _ error: StanzaError, echoing payload: [Element] = []) {
        guard presence.type != .error else { return }
        count(.stanzaErrors)
        send(presence.error(error, echoing: payload))
    }

    func log(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata = [:]) {
        order(.log(level, message, metadata))
    }

    func count(_ what: Counted) { world.count(what) }

    func commit(_ change: Change, _ tag: CommitTag = .unattended) { order(.commit(change, tag)) }

    /// Asks the account's adapter session, and remembers why.
    func perform(_ action: Request.Action, for session: Session, on network: NetworkID, because pending: PendingRequest)
    {
        perform(action, for: session, as: session.account(on: network), because: pending)
    }

    func perform(
        _ action: consuming Request.Action, for session: Session, as account: AccountID,
        because pending: consuming PendingRequest
    ) {
        lastRequest += 1
        session.requests.add(lastRequest, consume pending)
        order(.perform(account, Request(id: RequestID(number: lastRequest), action: consume action)))
    }

    /// Whether the user may ask for more before the network has answered what was asked already.
    func mayAsk(_ session: Session) -> Bool { session.requests.count < settings.limits.requestsPerUser }

    /// The session of a user, made when first needed.
    func session(of jid: JID) -> Session {
        let bare = jid.bare
        let user = UserID(bare.description)
        if let session = sessions[user] { return session }
        let session = Session(user: user, jid: bare)
        sessions[user] = session
        return session
    }

    func existingSession(of jid: JID) -> Session? { sessions[UserID(jid.bare.description)] }

    /// Makes sure that the account's adapter session is open. `nick` is the name wanted there if the user has
    /// registered none.
    @discardableResult
    func openNetwork(_ network: NetworkID, for session: Session, nick: String?) -> AccountID {
        if let account = session.networks.account(on: network) { return account }
        let saved = registrations.settings(of: session.user, network: network)
        let preferred = saved["nick"] ?? nick ?? session.jid.local.map(JID.unescape) ?? session.jid.domain
        let id = AccountID(user: session.user, network: network)
        session.networks[network] = NetworkLink(account: id, nick: preferred.shownNick)
        order(.open(Account(id: id, preferredNick: preferred, settings: saved)))
        return id
    }

    /// The same for a wish of the user's: nil if the user is connected to as many networks as allowed, and this is another.
    func openAnother(_ network: NetworkID, for session: Session, nick: String?) -> AccountID? {
        if let account = session.networks.account(on: network) { return account }
        guard session.networks.count < settings.limits.networksPerUser else { return nil }
        return openNetwork(network, for: session, nick: nick)
    }

    /// Forgets a session that nothing keeps.
    func dropIfIdle(_ session: Session) {
        if session.isIdle { sessions[session.user] = nil }
    }
}
