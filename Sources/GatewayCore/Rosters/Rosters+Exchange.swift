import GatewayKit
import XML
import XMPP

/// Remote roster management (XEP-0321) and roster item exchange (XEP-0144).
extension Rosters {
    private static let onlyForServers = StanzaError(
        .forbidden, "Only the user's server can send this, from the user's bare JID.")

    /// The user's server tells whether the user lets the gateway manage its part of the roster.
    func permitted(_ query: Query) throws(StanzaError) -> QueryOutcome {
        guard query.from.resource == nil, let management = try? RosterManagement(query.payload) else {
            throw Self.onlyForServers
        }
        let state = state(of: query.user)
        switch management.step {
        case .allowed: state.management = .allowed
        case .rejected: state.management = .refused
        case .request: throw StanzaError(.badRequest, "The gateway has no roster that you could manage.")
        }
        next(query.user)
        return .result(nil)
    }

    /// Handles a roster push of the user's server (XEP-0321 §4.4). It needs no action: changed subscriptions also come
    /// as presence.
    func pushed(_ query: Query) throws(StanzaError) -> QueryOutcome {
        guard query.from.resource == nil, states[query.user]?.management == .allowed else {
            throw Self.onlyForServers
        }
        return .result(nil)
    }

    /// Handles the presence of a client at the gateway. Asks an available client whether it supports roster item
    /// exchange, if people wait to be proposed; forgets an unavailable one.
    func seen(_ presence: Presence, _ user: User, _ target: Target) {
        guard case .gateway = target else { return }
        nameContactsOnce(of: user, presence)
        guard let state = states[user], let client = presence.head.from, let resource = client.resource
        else { return }
        guard presence.type == .available else {
            state.askedClients.remove(resource)
            return
        }
        guard !state.wishes.isEmpty, state.askedClients.count < RosterOfUser.mostClients,
            state.askedClients.insert(resource).inserted
        else { return }
        next(user)
        let iq = IQ(StanzaHead(to: client, from: kernel.settings.domain), type: .get, payload: [DiscoInfo().element])
        let note = NoteSlip(Self.id, Pending.features(user.id, client))
        kernel.order(.query(iq, deadline: Privileges.timeout, .note(note)))
    }

    /// Handles the features of a client. Proposes the contacts to it if it supports roster item exchange.
    func receivedFeatures(of client: JID, _ answer: IQ?, _ user: User, _ state: RosterOfUser) {
        guard let payload = answer?.payload.first, let info = try? DiscoInfo(payload),
            info.features.contains(RosterExchange.namespace), state.management != .allowed, !state.isBusy,
            !isPrivileged(user, state)
        else { return }
        let items = state.wishes.additions
        guard !items.isEmpty else { return }
        state.wishes = RosterWishes()
        for start in stride(from: 0, to: items.count, by: Self.mostProposed) {
            propose(Array(items[start..<min(start + Self.mostProposed, items.count)]), to: client)
        }
    }

    /// Maximum of contacts that one message proposes. Servers refuse stanzas that are too long.
    private static let mostProposed = 100

    private func propose(_ items: [RosterItem], to client: JID) {
        let head = StanzaHead(to: client, from: kernel.settings.domain, id: kernel.world.newID())
        let number = items.count == 1 ? "one contact" : "\(items.count) contacts"
        let words =
            "The \(kernel.description.name) gateway suggests \(number). Add those that you want with your client."
        let payloads = [Message.body(words), RosterExchange(adding: items).element]
        home.deliver(.direct(Message(head, type: .normal, payload: payloads)))
    }
}
