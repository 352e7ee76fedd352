import GatewayKit
import Logging
import Registry
import XMPP

/// Messages to and from stored addresses: on disk before they are handed over or acknowledged, and every outcome told to
/// the sender. The rows are in the registry; the ledger remembers what it needs between two inputs.
final class Ledger: Feature {
    let kernel: Kernel
    let home: HomeStream
    let accounts: Accounts
    /// Entries in state `waiting` or `handing`.
    var open = OpenEntries()
    /// Outcomes that could not be written; written again when the registry is back.
    var unsaved: [RequestID: LedgerOutcome] = [:]
    /// Messages that the home server has refused for now (no offline storage): sent again when the user shows up.
    var bounced: [UserID: [InboundEntry]] = [:]
    /// The people whom each loaded user has met.
    let peers: UserTable<MetPeers>

    init(_ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        peers = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        home.whenProven { [self] in proven($0) }
        routes.moments.started.append { [self] in start(from: $0) }
        routes.moments.userLoaded.append { [self] in load($0, $1) }
        routes.moments.keepsUser.append { [self] in open.count(of: $0.id) > 0 }
        routes.moments.unregistered.append { [self] in forget($0) }
        routes.moments.messageReturned.append { [self] message, from, _ in
            if let id = message.head.id { keepBounced(id: id, of: UserID(from.bare.description)) }
        }
        routes.events {
            $0.ledgerOutcome = { [self] in received($1, of: $0, by: $2, receipt: $3) }
            $0.storedMessage = { [self] in record($0, of: $1, $2, receipt: $3) }
        }
    }

    private func start(from snapshot: GatewaySnapshot) {
        for entry in snapshot.inbound { home.outbox.hold(.stored(entry)) }
        for outcome in snapshot.untold { tell(outcome) }
        for entry in snapshot.outbound { resume(entry) }
        kernel.order(.timer(.prune, after: .seconds(3600)))
    }

    func pruneDue() {
        kernel.commit(.prune(now: kernel.world.now()))
        kernel.order(.timer(.prune, after: .seconds(3600)))
    }

    /// The home server is proven to have these.
    private func proven(_ items: [HomeOutbox.Item]) {
        let stored = items.compactMap(\.entry?.id)
        let told = items.compactMap { item -> RequestID? in if case .report(let id, _) = item { id } else { nil } }
        if !stored.isEmpty { kernel.commit(.finishInbound(ids: stored)) }
        if !told.isEmpty { kernel.commit(.told(told)) }
    }

    /// The user has unregistered: what was on its way has no future.
    private func forget(_ user: User) {
        for entry in open.values where entry.account.user == user.id { forsake(entry) }
        bounced[user.id] = nil
        peers[user] = nil
    }

    // MARK: Messages that the home server has returned

    /// The home server has returned a message: it is kept until the user shows up.
    private func keepBounced(id: String, of user: UserID) {
        guard let entry = home.outbox.takeBounced(id: id, of: user) else { return }
        bounced[entry.account.user, default: []].append(entry)
        home.fenceIfNeeded()
    }

    /// The user has shown up.
    func sendBounced(to user: UserID) {
        guard kernel.isLinkOpen, let entries = bounced.removeValue(forKey: user) else { return }
        for entry in entries { home.outbox.hold(.stored(entry)) }
        if !home.outbox.isResendPlanned { home.sendUnsent() }
    }
}
