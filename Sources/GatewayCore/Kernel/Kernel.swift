import DequeModule
import GatewayKit
import Logging
import Registry
import XMPP

/// What all features stand on: the effects that are ordered, the addresses, the loaded users, the routes.
final class Kernel {
    let settings: CoreSettings
    let description: AdapterDescription
    let rules: any NetworkRules
    let world: World
    var addresses: AddressBook
    /// Asked with every stanza and every event; its methods call nothing that could come back here.
    @exclusivity(unchecked) var users = Users()
    /// Set once, before the first input.
    @exclusivity(unchecked) var routes = Routes()
    /// Asked with every stanza, and never while it is being asked: the check for that would cost more than the answer.
    @exclusivity(unchecked) var stanzaAllowances: Allowances
    var isLinkOpen = false
    var isStopping = false
    /// What is to be done, in order. Moved, not copied, all the way to the loop that carries it out. Only `order` and
    /// `nextEffect` change it, and neither calls anything meanwhile.
    @exclusivity(unchecked) private var effects = UniqueDeque<Effect>()
    private var lastLimitReport: Timestamp?

    init(settings: CoreSettings, rules: any NetworkRules, world: World) {
        self.settings = settings
        self.rules = rules
        self.world = world
        description = rules.description
        addresses = AddressBook(domain: settings.domain, rules: rules)
        stanzaAllowances = Allowances(
            burst: settings.limits.stanzaBurst, perSecond: settings.limits.stanzasPerSecond)
    }

    /// The gateway's name in the registry.
    var gateway: String { settings.domain.domain }

    /// Has something done, after everything that was ordered before.
    func order(_ effect: consuming Effect) { effects.append(effect) }

    /// Removes and returns the next effect; nil when there is none.
    func nextEffect() -> Effect? { effects.popFirst() }

    /// Effects ordered so far for the present input. Slices count with it: nearly all of their effects are stanzas.
    var orderedCount: Int { effects.count }

    func count(_ event: Counted) { world.count(event) }

    func log(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata = [:]) {
        order(.log(level, message, metadata))
    }

    func commit(_ change: Change, _ tag: CommitTag = .unattended) { order(.commit(change, tag)) }

    /// Changes the stored data of a user. Until the registry has answered, the user stays loaded.
    func commit(_ change: Change, of user: User, _ tag: CommitTag = .unattended) {
        user.writes += 1
        order(.commit(change, .ofUser(user.id, tag)))
    }

    /// Whether messages to and from an address are in the ledger.
    func isStored(_ address: Address) -> Bool { rules.delivery(of: address) == .stored }

    /// What an address of ours stands for.
    func target(of jid: JID) -> Result<Target, AddressError> {
        do throws(AddressError) {
            return .success(try addresses.target(of: jid))
        } catch {
            return .failure(error)
        }
    }

    /// Counts a refusal, and names its user and limit in the log at most once a minute: one user can cause many.
    func overLimit(_ limit: String, _ user: JID) {
        count(.overLimit)
        let now = world.now()
        if let last = lastLimitReport, now < last.advanced(by: .seconds(60)), last <= now { return }
        lastLimitReport = now
        log(
            .notice, "a user is over a limit; others within the next minute are only counted",
            ["limit": "limits.\(limit)", "user": "\(user.bare)"])
    }
}

// MARK: - Loading users

extension Kernel {
    /// Keeps an input until the stored data of its user are loaded, and has them read. False if too many of the user's
    /// inputs wait already.
    func wait(_ input: Input, for user: UserID, isGoodbye: Bool = false) -> Bool {
        switch users.wait(input, for: user, isGoodbye: isGoodbye) {
        case .waits: return true
        case .startsLoading:
            order(.load(user))
            return true
        case .full: return false
        }
    }

    /// Whether the registry takes so many more rows for a user.
    func hasRows(_ more: Int, _ user: User) -> Bool { user.rows + more <= settings.limits.rowsPerUser }
}
