import DequeModule
import GatewayKit
import Logging
import Registry
import XMPP

/// The state that all features share: ordered effects, addresses, loaded users, routes.
final class Kernel {
    /// Exclusive access is not checked, because every stanza reads the settings. This is safe, because only
    /// `replaceAccess` changes them, while no feature handles an input.
    @exclusivity(unchecked) private(set) var settings: CoreSettings
    let description: AdapterDescription
    /// Whether all addresses are live (`Delivery.live`), so that no message goes through the ledger. Checked first for
    /// every message, because it costs nothing.
    let isAllLive: Bool
    let rules: any NetworkRules
    let world: World
    /// Exclusive access is not checked, because every stanza reads an address. This is safe, because no method of
    /// `AddressBook` calls code that uses this property.
    @exclusivity(unchecked) var addresses: AddressBook
    /// Exclusive access is not checked, because every stanza and every event looks up a user. This is safe, because no
    /// method of `Users` calls code that uses this property.
    @exclusivity(unchecked) var users = Users()
    /// Exclusive access is not checked, because every input looks up a handler. This is safe, because the routes are
    /// filled before the first input and do not change while inputs are handled.
    @exclusivity(unchecked) var routes = Routes()
    /// Exclusive access is not checked, because every stanza takes a token and the check would cost more than the
    /// token. This is safe, because the methods of `Allowances` call nothing but the clock.
    @exclusivity(unchecked) var stanzaAllowances: Allowances
    /// Exclusive access is not checked, as with `stanzaAllowances`.
    @exclusivity(unchecked) var messageAllowances: Allowances
    /// The users and domains that operators have excluded. Exclusive access is not checked, because every stanza asks
    /// it. This is safe, because no method of `Restrictions` calls code that uses this property.
    @exclusivity(unchecked) var restrictions = Restrictions()
    /// The clients that have been told goodbye lately.
    var answeredUnavailables = AnsweredUnavailables()
    /// The number of the present input. A value that was computed for one input need not be computed again for it.
    @exclusivity(unchecked) var inputNumber = 0
    /// The bytes of all stanzas that wait in `User.held`.
    var heldBytes = 0
    /// Changes of the stored data of all users that the registry has not answered.
    var userWrites = 0
    var isLinkOpen = false
    var isStopping = false
    /// Whether an operator has asked to open no new sessions and to take no new messages for the ledger, before a
    /// restart.
    var isInMaintenance = false
    /// Ordered effects, oldest first. They are moved, not copied, up to the loop that carries them out. Exclusive access
    /// is not checked, because every effect passes the queue. This is safe, because only `order` and `nextEffect` change
    /// the queue, and neither calls other code meanwhile.
    @exclusivity(unchecked) private var effects = UniqueDeque<Effect>()
    /// Limits the log lines of `overLimit`.
    private var limitReports = RareReport()

    init(settings: CoreSettings, rules: any NetworkRules, world: World) {
        self.settings = settings
        self.rules = rules
        self.world = world
        description = rules.description
        isAllLive = description.delivery == .live && !description.deliveryVaries
        addresses = AddressBook(domain: settings.domain, rules: rules)
        stanzaAllowances = Allowances(
            burst: settings.limits.stanzaBurst, perSecond: settings.limits.stanzasPerSecond)
        let rate = settings.limits.messagesPerSecond
        messageAllowances = Allowances(burst: max(1, Int(rate * 10)), perSecond: rate)
    }

    /// The gateway's name in the registry.
    var gateway: String { settings.domain.domain }

    /// Replaces the rules about users and operators, in the settings and for each loaded user. Call it only for
    /// `Input.accessChanged`, so that no feature handles a stanza at the same time.
    func replaceAccess(_ access: CoreAccess) {
        settings.allows = access.allows
        settings.allowsSomeOf = access.allowsSomeOf
        for user in users.loaded { user.isAllowed = access.allows(user.jid) }
        settings.isAdmin = access.isAdmin
        settings.isProgramAdmin = access.isProgramAdmin
        settings.operatorAddresses = access.operatorAddresses
    }

    /// Adds an effect behind all effects that were ordered before.
    func order(_ effect: consuming Effect) { effects.append(effect) }

    /// Removes and returns the next effect; nil when there is none.
    func nextEffect() -> Effect? { effects.popFirst() }

    /// The number of effects that the present input has ordered so far. Slices measure their length by it, because
    /// nearly all of their effects are stanzas.
    var orderedCount: Int { effects.count }

    /// Counts one event for the metrics.
    func count(_ event: Counted) { world.count(event) }

    /// Writes a record to the log. The metadata must not hold texts of messages or secrets.
    func log(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata = [:]) {
        order(.log(level, message, metadata))
    }

    /// Writes a change to the registry. Use `commit(_:of:_:)` for the stored data of a loaded user.
    func commit(_ change: Change, _ tag: CommitTag = .unattended) { order(.commit(change, tag)) }

    /// Writes a change of a user's stored data to the registry. The user stays loaded until the registry has answered.
    func commit(_ change: Change, of user: User, _ tag: CommitTag = .unattended) {
        user.writes += 1
        userWrites += 1
        order(.commit(change, .ofUser(user.id, tag)))
    }

    /// Writes a change like `commit(_:of:_:)`. The user's next stanzas wait until the registry has answered.
    func commitInOrder(_ change: Change, of user: User, _ tag: CommitTag) {
        user.changes += 1
        commit(change, of: user, .inOrder(user.id, tag))
    }

    /// Maximum of `userWrites` at which new users and new contacts are stored. It is less than half of the changes at
    /// which the stream stops reading, so that many new users on a slow disk do not hold up everybody else.
    static let mostUserWrites = 2_000

    /// Checks that the registry keeps up with its changes. Call it before the gateway takes a new user or contact.
    ///
    /// - Throws: a refusal that asks the user to wait.
    func checkKeepsUp(with user: User) throws(StanzaError) {
        guard userWrites < Self.mostUserWrites else {
            overLimit("unstored-changes", user.jid)
            throw .tooManyChanges
        }
    }

    /// Takes tokens from a user's allowance for a list that is made of the user's stored rows. A long list costs the loop
    /// as much time as hundreds of stanzas.
    func chargeForRows(of user: User) {
        stanzaAllowances.charge(user.jid, user.rows / Self.rowsPerToken, now: world.now)
    }

    /// Rows of a list that cost about as much as one stanza.
    private static let rowsPerToken = 8

    /// Starts a timer. When it ends, the feature that has registered the timer gets the subject.
    func startTimer(_ timer: TimerID, about subject: (any Sendable)? = nil, after wait: Duration) {
        order(.timer(TimerTag(timer, about: subject), after: wait))
    }

    /// Whether messages to and from an address go through the ledger (`Delivery.stored`).
    func isStored(_ address: Address) -> Bool {
        isAllLive ? false : (rules.delivery(of: address) ?? description.delivery) == .stored
    }

    /// The target that a JID of the gateway stands for, or an error if the JID is no valid address.
    func target(of jid: JID) -> Result<Target, AddressError> {
        do throws(AddressError) {
            return .success(try addresses.target(of: jid))
        } catch {
            return .failure(error)
        }
    }

    /// Counts a refusal because of a limit. Logs the limit and the user at most once a minute, because one user can
    /// cause many refusals.
    ///
    /// - Parameter limit: the key of the limit under `limits` in the configuration file.
    func overLimit(_ limit: String, _ user: JID) {
        count(.overLimit)
        guard limitReports.isDue(world.now()) else { return }
        log(
            .notice, "a user is over a limit; further refusals within the next minute are only counted",
            ["limit": "limits.\(limit)", "user": "\(user.bare)"])
    }
}

// MARK: - Loading users

extension Kernel {
    /// Keeps an input until its user is loaded, and starts to load the user if necessary. Returns false if too many
    /// inputs of the user wait already: the caller must refuse the input then, or try again later.
    ///
    /// - Parameter isGoodbye: as in `Users.wait`.
    func wait(_ input: Input, for user: UserID, isGoodbye: Bool = false) -> Bool {
        switch users.wait(input, for: user, isGoodbye: isGoodbye) {
        case .waits: return true
        case .startsLoading:
            order(.load(user))
            return true
        case .full: return false
        }
    }

    /// Whether `more` further rows of the user stay within `Limits.rowsPerUser`.
    func hasRows(_ more: Int, _ user: User) -> Bool { user.rows + more <= settings.limits.rowsPerUser }
}

extension Kernel {
    /// The network for which the gateway's own address stands; nil if it stands for none.
    var networkOfGateway: NetworkID? {
        guard let only = rules.networks.first, rules.localpart(of: .network(only)).isEmpty else { return nil }
        return only
    }

    /// The network that an address stands for: the network itself, or the gateway if its own address stands for its only
    /// network.
    func network(at target: Target) -> NetworkID? {
        switch target {
        case .network(let network): network
        case .gateway: networkOfGateway
        case .room, .occupant, .peer: nil
        }
    }
}
