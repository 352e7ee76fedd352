import GatewayKit
import XMPP

/// Shows the rooms of the networks as multi-user chats (XEP-0045): entry, occupants, messages, subjects.
final class Rooms: Feature {
    static let id: FeatureID = "rooms"
    /// Pings the room members again whose pings could not be sent, because the stream had no room for them.
    static let pingMembersTimer: TimerID = "ask members"
    /// Ends the grace period of a room: the user leaves it if no client of the user has come back
    /// (`Limits.gracePeriod`).
    static let gracePeriodTimer: TimerID = "deserted room"
    /// Ends the time for which the members stay in a room whose network is away (`Limits.longestBreak`).
    static let breakTimer: TimerID = "lost room"

    /// Ends the time for which an entry waits for the properties of its room.
    static let propertiesTimer: TimerID = "room properties"

    let kernel: Kernel
    let home: HomeStream
    let jobs: JobRunner
    let accounts: Accounts
    let dispatch: Dispatch
    let references: References
    let states: UserTable<RoomsOfUser>
    var pings = MemberPings()

    /// The note of a request to an adapter.
    enum Pending: Note {
        case join(RoomAddress)
        /// The nick that a client has asked for on entering a room.
        case entryNick(RoomAddress, RoomsOfUser.EntryNick)
        case leave(RoomAddress)
        case nickChange(Sender, NetworkID)
        case topic(Sender)
    }

    /// The note of a ping to a member.
    struct PresenceCheck: Note {
        let user: UserID
        let room: RoomAddress
        let member: JID
    }

    /// A room that may be left because the last of its user's clients is gone without leaving it.
    struct GracePeriod {
        let user: UserID
        let room: RoomAddress
    }

    /// Limits how often each user may enter rooms.
    var joinAllowances: Allowances

    init(
        _ kernel: Kernel, _ home: HomeStream, _ jobs: JobRunner, _ accounts: Accounts, _ dispatch: Dispatch,
        _ references: References
    ) {
        self.kernel = kernel
        self.home = home
        self.jobs = jobs
        self.accounts = accounts
        self.dispatch = dispatch
        self.references = references
        states = UserTable(kernel)
        let joins = kernel.settings.limits.joinsPerMinute
        joinAllowances = Allowances(burst: max(1, joins), perSecond: Double(joins) / 60)
    }

    func register(in routes: inout Routes) {
        home.whenRoomMessageIsLost { [self] in keepLostRoomMessage($2, in: $1, of: $0) }
        home.whenResending { [self] in resendMissed() }
        accounts.setBacklogCheck { [self] in hasLongBacklog($0, $1) }
        registerMoments(in: &routes.moments)
        routes.messages(to: .room) { [self] in messageReceived($0, $1, $2) }
        routes.presence([.available], to: [.room, .occupant]) { [self] in presenceReceived($0, $1, $2) }
        routes.presence([.unavailable], to: [.room, .occupant]) { [self] in memberLeft($0, $1, $2) }
        routes.events {
            $0.room = { [self] in handle($1, in: $0, $3) }
            $0.roomText = { [self] in textReceived($0, $1, in: $2, nick: $3, $4) }
            $0.groupMessage = { [self] in messageEnded($1, in: $0, $2, $3) }
            $0.mustWait = { [self] in mustWait($0, $1) }
            $0.keep = { [self] in keep($0, in: $1, $2) }
        }
        routes.slices(Self.id) { [self] in doSlice($0, of: $1) }
        routes.timer(Self.pingMembersTimer) { [self] in pingAgain() }
        routes.timer(Self.gracePeriodTimer, about: GracePeriod.self) { [self] in gracePeriodEnded(of: $0.room, $0.user)
        }
        routes.timer(Self.propertiesTimer, about: WaitForProperties.self) { [self] in waitEnded($0) }
        routes.timer(Self.breakTimer, about: BreakOfRoom.self) { [self] in breakEnded($0) }
        routes.notes(
            Self.id,
            NoteRoutes(
                outcome: { [self] in requestEnded($0, $1.map { _ in }, $2) },
                answered: { [self] in pingAnswered($0, $1) }, notAsked: { [self] in pingNotSent($0) },
                fenced: { [self] in fenced($0, isProven: $1) }))
        if kernel.description.roomIdentity != nil {
            routes.advertise(MUCJoin.namespace, on: [.gateway, .network, .room])
            routes.advertise(Hats.namespace, on: [.gateway, .network, .room])
            for feature in Self.features { routes.advertise(feature, on: .room) }
            advertiseProperties(in: &routes)
        }
    }

    /// The features of every room: clients are not shown each other's addresses, a room gives each message a stable
    /// stanza-id that nobody else can give and keeps the ids of its senders (XEP-0045 §15.5), occupants have ids, and
    /// the room itself answers self-pings (XEP-0410 §3.3).
    private static let features = [
        "muc_semianonymous", StanzaID.namespace, "http://jabber.org/protocol/muc#stable_id", OccupantID.namespace,
        "http://jabber.org/protocol/muc#self-ping-optimization",
    ]

    private func registerMoments(in moments: inout Moments) {
        moments.linkOpened.append { [self] in linkOpened() }
        moments.linkClosed.append { [self] in linkClosed() }
        moments.stopping.append { [self] in stop(reason: $0) }
        moments.keepsUser.append { [self] in states[$0].map { keeps($0) } ?? false }
        moments.unregistered.append { [self] in unregistered($0) }
        moments.registered.append { [self] in states[$0]?.unregisteredAt = nil }
        moments.invited.append { [self] user, _, room in states[user]?.refusals.forget(room) }
        moments.networkChanged.append { [self] in networkChanged($0, $1) }
        moments.networkEnded.append { [self] in networkEnded($0, $1, $2) }
        moments.messageRepeated.append { [self] in messageRepeated($0, $1, $2) }
        moments.resourceGone.append { [self] in resourceGone(from: $0, to: $1) }
    }

    /// The rooms of a user. Makes the state if the user has none yet.
    func state(of user: User) -> RoomsOfUser {
        if let state = states[user] { return state }
        let state = RoomsOfUser()
        states[user] = state
        return state
    }

    /// A room of a user; nil if the user neither is in the room nor enters it.
    func room(_ address: RoomAddress, of user: User) -> Room? { states[user]?.room(address) }

    /// All rooms that a user is in or enters.
    func rooms(of user: User) -> [Room] { states[user].map { Array($0.rooms.values) } ?? [] }

    /// The number of rooms that a user is in or enters.
    func count(of user: User) -> Int { states[user]?.rooms.count ?? 0 }

    /// The members that have been told that they are in the room.
    func inside(_ address: RoomAddress, of user: User) -> [Room.Member] {
        room(address, of: user)?.members.filter(\.isInside) ?? []
    }

    /// The room of a resource that must be in it. Throws `notInRoom` if the resource is not. While the gateway stops,
    /// all resources are out of their rooms, so it throws `goingAway` then.
    func entered(_ address: RoomAddress, by jid: JID, of user: User) throws(StanzaError) -> Room {
        guard let room = room(address, of: user), room.isInside(jid) else {
            throw kernel.isStopping ? .goingAway : .notInRoom
        }
        return room
    }

    // MARK: Outcomes of requests

    private func requestEnded(_ note: any Note, _ result: Result<Void, Failure>, _ user: User) {
        guard let pending = note as? Pending else { return }
        let failure: Failure? = if case .failure(let failure) = result { failure } else { nil }
        switch pending {
        case .join(let address):
            guard let failure, let state = states[user], !state.isLeaving(address) else { return }
            state.refusals.add(failure, of: address, now: kernel.world.now())
            if let room = room(address, of: user), room.phase == .lost {
                entryFailedWhileLost(room, failure, user)
            } else {
                joinFailed(address, failure, user)
            }
        case .entryNick(let room, let nick): nickDecided(for: room, nick, failure, user)
        case .leave(let room): hasLeft(room, user)
        case .nickChange(let sender, let network):
            states[user]?.askedNicks[network] = nil
            guard let failure else { return }
            home.refusePresence(of: sender, StanzaError(failure))
        case .topic(let sender):
            guard let failure else { return }
            kernel.count(.messagesFailed)
            home.refuseMessage(of: sender, StanzaError(failure))
        }
    }
}
