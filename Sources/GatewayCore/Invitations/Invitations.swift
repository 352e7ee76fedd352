import Basics
import GatewayKit
import XML
import XMPP

/// Invitations to rooms in both directions: through the room (XEP-0045 §7.8.2), and from person to person (XEP-0249).
final class Invitations: Feature {
    private static let id: FeatureID = "invitations"
    /// Maximum of people in one message.
    private static let most = 10

    private let kernel: Kernel
    private let home: HomeStream
    private let accounts: Accounts
    private let rooms: Rooms
    private let direct: DirectMessages
    /// Limits the invitations of each user. An invitation can go to any JID, so a user could harass people with it.
    private var allowances = Allowances(burst: 20, perSecond: 0.1)

    /// Limits the invitations that each user gets from networks.
    private var inbound = Allowances(burst: 20, perSecond: 0.1)

    /// An invitation of a person on the network whose outcome is not known.
    private struct Pending: Note {
        let sender: Sender
        let room: RoomAddress
        let nick: String
    }

    init(
        _ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts, _ rooms: Rooms, _ direct: DirectMessages
    ) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        self.rooms = rooms
        self.direct = direct
    }

    func register(in routes: inout Routes) {
        routes.message("x", MUCUser.namespace, as: MUCUser.self, to: .room) {
            [self] payload, message, user, target throws(StanzaError) in
            try mediated(payload, message, user, target)
        }
        routes.message("x", DirectInvitation.namespace, as: DirectInvitation.self, to: [.peer, .occupant]) {
            [self] payload, message, user, target throws(StanzaError) in
            try received(payload, message, user, target)
        }
        routes.notes(Self.id, NoteRoutes(outcome: { [self] in ended($0, $1.map { _ in }, $2) }))
        routes.moments.invited.append { [self] in show($1, to: $2, $0) }
        if kernel.description.roomIdentity != nil {
            routes.advertise(DirectInvitation.namespace, on: [.peer, .occupant])
        }
    }

    // MARK: From XMPP

    /// Handles a message to a room that has the element `<x/>` of MUC users. Invites the people that it names. A
    /// message without an invitation is handled as any other. A declined invitation is dropped, because networks have
    /// none.
    private func mediated(
        _ payload: MUCUser, _ message: Message, _ user: User, _ target: Target
    ) throws(StanzaError) {
        guard case .room(let address) = target, message.type != .groupchat,
            !payload.invites.isEmpty || !payload.declines.isEmpty
        else {
            kernel.routes.message(to: target)?(message, user, target)
            return
        }
        guard !payload.invites.isEmpty else { return kernel.count(.stanzasIgnored) }
        guard let sender = Sender(message.head) else { return }
        _ = try rooms.entered(address, by: sender.jid, of: user)
        guard payload.invites.count <= Self.most else {
            throw StanzaError(.policyViolation, "Invite at most \(Self.most) people with one message.")
        }
        for invite in payload.invites {
            guard let to = invite.to else {
                throw StanzaError(.badRequest, "Say whom you invite: the attribute 'to' is missing.")
            }
            try self.invite(to, to: address, reason: invite.reason, payload.password, sender, user)
        }
    }

    /// Invites the person with a JID: on the network if it is an address of the gateway, otherwise on XMPP. A JID
    /// without a localpart and without a dot is a nick.
    private func invite(
        _ jid: JID, to address: RoomAddress, reason: String?, _ password: String?, _ sender: Sender, _ user: User
    ) throws(StanzaError) {
        if let peer = try peer(jid, in: address, sender, user) {
            return try invite(peer, to: address, reason: reason, sender, user)
        }
        try takeAllowance(user)
        guard let room = kernel.addresses.jid(.room(address)) else { throw .notServed }
        let invite = MUCUser.Invite(from: sender.jid, reason: reason)
        let payload = MUCUser(invites: [invite], password: password).element
        let head = StanzaHead(to: jid, from: room, id: kernel.world.newID())
        home.deliver(.direct(Message(head, type: .normal, payload: [payload])))
    }

    /// The person on the network that a JID stands for; nil if the JID is of another service.
    private func peer(
        _ jid: JID, in room: RoomAddress, _ sender: Sender, _ user: User
    ) throws(StanzaError) -> PeerAddress? {
        guard jid.domain == kernel.settings.domain.domain else {
            guard jid.local == nil, jid.resource == nil, !jid.domain.contains(".") else { return nil }
            let peer = PeerAddress(network: room.network, name: jid.domain)
            let isAddress =
                (try? kernel.rules.address(localpart: kernel.rules.localpart(of: .peer(peer)))) == .peer(peer)
            return isAddress ? peer : nil
        }
        switch kernel.target(of: jid) {
        case .failure(let error): throw StanzaError(error)
        case .success(let target):
            let peer: PeerAddress
            switch target {
            case .peer, .occupant: peer = try direct.person(at: target, for: sender.jid, user)
            case .gateway, .network, .room:
                throw StanzaError(.notAcceptable, "\(jid) is not a person. Invite a person.")
            }
            guard peer.network == room.network else {
                throw StanzaError(.notAcceptable, "\(jid) is on another network than this room.")
            }
            return peer
        }
    }

    private func invite(
        _ peer: PeerAddress, to address: RoomAddress, reason: String?, _ sender: Sender, _ user: User
    ) throws(StanzaError) {
        try takeAllowance(user)
        let account = accounts.account(of: user, on: address.network)
        let note = Pending(sender: sender, room: address, nick: peer.name)
        try accounts.perform(
            .room(address, .invitation(peer, reason: reason)), of: user, as: account,
            then: .note(NoteSlip(Self.id, note)))
    }

    private func takeAllowance(_ user: User) throws(StanzaError) {
        guard allowances.take(user.jid, now: kernel.world.now) else {
            throw StanzaError(
                .policyViolation, as: .temporary, "You invite too many people. Wait some minutes, then try again.")
        }
    }

    /// Handles an invitation that the user sends to a person on the network. The room must be one of the same network
    /// that the user is in.
    private func received(
        _ invitation: DirectInvitation, _ message: Message, _ user: User, _ target: Target
    ) throws(StanzaError) {
        guard message.type != .groupchat, let sender = Sender(message.head) else {
            kernel.routes.message(to: target)?(message, user, target)
            return
        }
        guard invitation.room.domain == kernel.settings.domain.domain,
            case .success(.room(let room)) = kernel.target(of: invitation.room.bare)
        else {
            let words =
                "This person cannot enter \(invitation.room.bare). Invite to a room of the person's own network."
            throw StanzaError(.featureNotImplemented, words)
        }
        _ = try rooms.entered(room, by: sender.jid, of: user)
        let peer = try direct.person(at: target, for: sender.jid, user)
        guard peer.network == room.network else {
            throw StanzaError(.notAcceptable, "This person is on another network than \(room.name).")
        }
        try invite(peer, to: room, reason: invitation.reason, sender, user)
    }

    /// Handles the outcome of an invitation to a person on the network: tells it in the room, or refuses the message.
    private func ended(_ note: any Note, _ result: Result<Void, Failure>, _ user: User) {
        guard let waiting = note as? Pending else { return }
        switch result {
        case .failure(let failure): home.refuseMessage(of: waiting.sender, StanzaError(failure))
        case .success:
            guard let address = kernel.addresses.jid(.room(waiting.room)) else { return }
            let client = waiting.sender.jid
            let from = rooms.ownAddress(of: waiting.room, for: client, user) ?? address
            let head = StanzaHead(to: client, from: from, id: kernel.world.newID())
            home.deliver(.direct(Message(head, type: .groupchat, body: "\(waiting.nick) has been invited.")))
        }
    }

    // MARK: From the network

    /// Sends the user a mediated invitation (XEP-0045 §7.8.2). It comes from the room; `from` is the bare JID of the
    /// person who invites. With an occupant JID, clients would show the room as the person.
    private func show(_ invitation: Invitation, to address: RoomAddress, _ user: User) {
        guard let room = kernel.addresses.jid(.room(address)), inbound.take(user.jid, now: kernel.world.now) else {
            return kernel.count(.stanzasIgnored)
        }
        let author = invitation.author.flatMap { kernel.addresses.jid(.peer($0)) }
        let invite = MUCUser.Invite(from: author ?? room, reason: invitation.reason)
        let payload = MUCUser(invites: [invite], password: invitation.password?.reveal()).element
        let head = StanzaHead(to: user.jid, from: room, id: kernel.world.newID())
        home.deliver(.direct(Message(head, type: .normal, payload: [payload])))
    }
}
