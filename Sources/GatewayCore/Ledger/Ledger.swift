import DequeModule
import GatewayKit
import Logging
import Registry
import XMPP

/// Messages to and from stored addresses. A message is on disk before it is handed over or acknowledged. The sender is
/// told every failure, and every delivery for which the sender has asked for a receipt. The registry keeps the rows. In
/// memory, the ledger keeps only open entries and its state between two inputs.
final class Ledger: Feature {
    static let id: FeatureID = "ledger"
    /// Hands a waiting message over to its network, for the first time or again.
    static let handOverTimer: TimerID = "hand over"
    /// Writes the outcome of a message to the registry again, after a failed write.
    static let saveAgainTimer: TimerID = "save again"
    /// Tells the sender of a message that its outcome is unknown, if no report has come (`Limits.outcomeWindow`).
    static let outcomeOverdueTimer: TimerID = "outcome overdue"
    /// Deletes old rows from the registry.
    static let pruneTimer: TimerID = "prune"
    /// Reads waiting messages from the registry again, after a failed read.
    static let backlogTimer: TimerID = "backlog"

    /// Ends 5 seconds after the gateway has probed for clients. If the user's server has shown none, the outcome is
    /// sent as a chat message.
    static let noClientTimer: TimerID = "no client"

    let kernel: Kernel
    let home: HomeStream
    let accounts: Accounts
    let clients: Clients
    /// Entries in state `waiting` or `handing`.
    var open = OpenEntries()
    /// The order in which open entries are handed over.
    var order = HandOverOrder()
    /// Outcomes that the registry could not write. Each is tried again every 5 s.
    var unwrittenOutcomes: [RequestID: LedgerOutcome] = [:]
    /// Users whose messages the home server has returned, for example because it stores none for offline users. The
    /// registry holds the messages. They are sent again when the user becomes available.
    var usersWithReturnedMessages: Set<UserID> = []
    /// Users whose returned messages `reviewReturned` has still to check. The registry is reading those of the first
    /// one.
    var toReview: Deque<UserID> = []
    /// The new ids of users whose data have moved. Messages that were on their way then still name the old one.
    var movedUsers: [UserID: UserID] = [:]
    /// Outcomes whose clients are being asked whether they are still there.
    var asked: [RequestID: UnreportedOutcome] = [:]
    /// Outcomes of each user that wait for a client of the user.
    var held: [UserID: [UnreportedOutcome]] = [:]
    /// The messages that wait only in the registry.
    var backlog = Backlog()
    /// The people whom each loaded user has met.
    let peers: UserTable<MetPeers>
    /// The newest texts of each loaded user's conversations.
    let recent: UserTable<RecentTexts>

    init(_ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts, _ clients: Clients) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        self.clients = clients
        peers = UserTable(kernel)
        recent = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        registerTimers(in: &routes)
        home.whenConfirmed { [self] in confirmed($0) }
        home.whenDrained { [self] in readBacklog() }
        routes.notes(
            Self.id,
            NoteRoutes(
                committed: { [self] in committed($0, $1) }, read: { [self] in read($0, $1) },
                answered: { [self] in answered($0, $1) },
                notAsked: { [self] in notAsked($0) }))
        routes.moments.linkOpened.append { [self] in askAgain() }
        routes.moments.started.append { [self] in start(from: $0) }
        routes.moments.userLoaded.append { [self] in load($0, $1) }
        routes.moments.keepsUser.append { [self] in open.count(of: $0.id) > 0 }
        routes.moments.unregistered.append { [self] in forget($0) }
        routes.moments.messageReturned.append { [self] message, from, _ in
            if let id = message.head.id { keepReturned(id: id, of: UserID(from.bare.description)) }
        }
        routes.events {
            $0.ledgerOutcome = { [self] in received($1, of: $0, by: $2, token: $3) }
            $0.storedMessage = { [self] in storeInbound($0, of: $1, $2, token: $3) }
            $0.blockedConsent = { [self] in note($1, by: $0, of: $2, $3, $4) }
        }
    }

    private func registerTimers(in routes: inout Routes) {
        routes.timer(Self.handOverTimer, about: RequestID.self) { [self] in handOver($0) }
        routes.timer(Self.saveAgainTimer, about: RequestID.self) { [self] in saveAgain($0) }
        routes.timer(Self.outcomeOverdueTimer, about: RequestID.self) { [self] in outcomeOverdue($0) }
        routes.timer(Self.noClientTimer, about: Asked.self) { [self] in tellByChat($0) }
        routes.timer(Self.pruneTimer) { [self] in pruneDue() }
        routes.timer(Self.backlogTimer) { [self] in readBacklogAgain() }
    }

    private func start(from snapshot: GatewaySnapshot) {
        for entry in snapshot.inbound where takes(entry) { home.enqueue(.stored(entry)) }
        for outcome in snapshot.unreported { tell(outcome) }
        for entry in snapshot.outbound { resume(entry) }
        kernel.startTimer(Self.pruneTimer, after: .seconds(3600))
    }

    /// Deletes old rows from the registry. Repeated every hour.
    func pruneDue() {
        kernel.commit(.prune(now: kernel.world.now()))
        forgetOldHeld()
        reviewReturned()
        kernel.startTimer(Self.pruneTimer, after: .seconds(3600))
    }

    /// Marks messages and reports as finished in the registry. A fence has proven that the home server has them.
    private func confirmed(_ items: [HomeOutbox.Item]) {
        let stored = items.compactMap(\.entry?.id)
        let told = items.compactMap { item -> RequestID? in if case .report(let id, _) = item { id } else { nil } }
        if !stored.isEmpty { kernel.commit(.finishInbound(ids: stored)) }
        if !told.isEmpty { kernel.commit(.reported(told)) }
    }

    /// Ends all messages of a user who has unregistered.
    private func forget(_ user: User) {
        for entry in open.values where entry.account.user == user.id { endForUnregisteredSender(entry) }
        usersWithReturnedMessages.remove(user.id)
        held[user.id] = nil
        backlog.forget(user.id)
        peers[user] = nil
        recent[user] = nil
    }
}
