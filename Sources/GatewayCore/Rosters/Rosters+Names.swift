import GatewayKit
import Registry
import XMPP

/// Names for contacts of this gateway that the user has added without one. Some clients show no other names.
extension Rosters {
    /// Reads a roster that was read a moment ago.
    static let readTimer: TimerID = "read roster"
    /// Names the next contacts of a long roster.
    static let nameTimer: TimerID = "name contacts"
    /// Maximum of items in one turn, so that a long roster does not delay other users.
    private static let slice = 250
    /// The least time between two readings of a roster.
    private static let readingPace: Duration = .seconds(5)

    /// Reads the user's roster and names the contacts in it, if the user's server allows both. A call while the roster
    /// is being read has it read once more.
    func nameContacts(of user: User) {
        let state = state(of: user)
        guard kernel.isLinkOpen, mayName(user, state) else { return }
        switch state.naming {
        case .idle: break
        case .reading: return state.naming = .again
        case .waiting, .again, .refused: return
        }
        let now = kernel.world.now()
        // A roster can be much longer than the stanza for which it is read.
        if let next = state.readAt?.advanced(by: Self.readingPace), now < next {
            state.naming = .waiting
            return kernel.startTimer(Self.readTimer, about: user.id, after: Self.readingPace)
        }
        state.naming = .reading
        state.readAt = now
        let head = StanzaHead(to: user.jid, from: kernel.settings.domain)
        ask(IQ(head, type: .get, payload: [RosterQuery().element]), .roster(user.id))
    }

    /// The timer of `nameContacts` has ended.
    func readDue(_ user: UserID) {
        guard let user = kernel.users[user], let state = states[user], state.naming == .waiting else { return }
        state.naming = .idle
        nameContacts(of: user)
    }

    /// A client has come: names the contacts, once for a loaded user and a stream.
    func nameContactsOnce(of user: User, _ presence: Presence) {
        guard presence.type == .available, presence.head.from?.resource != nil, contacts.hasContacts(user) else {
            return
        }
        let state = state(of: user)
        guard !state.isNamed, mayName(user, state) else { return }
        state.isNamed = true
        nameContacts(of: user)
    }

    private func mayName(_ user: User, _ state: RosterOfUser) -> Bool {
        isPrivileged(user, state) && privileges.grant(for: user.jid)?.roster.contains(.get) == true
    }

    /// The user's server has answered `nameContacts`.
    func hasRoster(_ answer: IQ?, _ user: User, _ state: RosterOfUser) {
        if let payload = answer?.payload.first, let roster = try? RosterQuery(payload) {
            state.unnamed = roster.items.prefix(RosterOfUser.most)
        }
        nameSlice(user, state)
    }

    /// The turn for the next contacts has come. There are none any more if the stream has broken.
    func nameDue(_ user: UserID) {
        guard let user = kernel.users[user], let state = states[user], !state.unnamed.isEmpty else { return }
        nameSlice(user, state)
    }

    private func nameSlice(_ user: User, _ state: RosterOfUser) {
        for item in state.unnamed.prefix(Self.slice) { rename(item, user, state) }
        state.unnamed = state.unnamed.dropFirst(Self.slice)
        guard state.naming != .refused else { return state.unnamed = [] }
        guard state.unnamed.isEmpty else {
            return kernel.order(.later(TimerTag(Self.nameTimer, about: user.id)))
        }
        let isAgain = state.naming == .again
        state.naming = .idle
        if isAgain { nameContacts(of: user) }
    }

    /// Names a contact that has no name, or one that no person has chosen.
    private func rename(_ item: RosterItem, _ user: User, _ state: RosterOfUser) {
        guard item.jid.domain == kernel.settings.domain.domain, item.jid.resource == nil,
            item.subscription == .both || item.subscription == .to,
            case .success(let target) = kernel.target(of: item.jid)
        else { return }
        let localpart = kernel.addresses.localpart(of: target)
        guard contacts.has(localpart, user), let name = name(of: target, localpart, user), name != item.name,
            isAutomatic(item, target, localpart, state)
        else { return }
        wish(RosterItem(item.jid, name: name, subscription: item.subscription, groups: item.groups), user)
    }

    private func name(of target: Target, _ localpart: String, _ user: User) -> String? {
        switch target {
        case .gateway: "\(kernel.description.name) gateway"
        case .peer: kernel.title(of: localpart, displayName: ledger.peer(user, localpart)?.displayName)
        case .network, .room, .occupant: nil
        }
    }

    /// Whether the gateway has given the name of an item, or a client that has made it from the address.
    private func isAutomatic(_ item: RosterItem, _ target: Target, _ localpart: String, _ state: RosterOfUser) -> Bool {
        guard let name = item.name, !name.isEmpty else { return true }
        var automatic = [item.jid.description, item.jid.local ?? "", localpart, state.given[item.jid]]
        if case .peer(let peer) = target { automatic += [peer.name, kernel.rules.title(of: peer)] }
        return automatic.contains(name)
    }
}
