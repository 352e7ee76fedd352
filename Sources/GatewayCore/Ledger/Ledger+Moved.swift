import GatewayKit
import Registry
import XMPP

/// The move of a user's data to another address. The registry has given the rows of the ledger to the new user.
extension Ledger {
    /// Maximum of moves that are remembered. All are forgotten when one more is added.
    private static let mostMoves = 1_000

    /// Gives the outcomes and the returned messages that wait for a user to another user. Call it when the registry has
    /// moved the data, before the moment `unregistered` of the old user.
    func moved(from old: UserID, to new: UserID) {
        if movedUsers.count >= Self.mostMoves { movedUsers = [:] }
        movedUsers[new] = nil
        movedUsers[old] = new
        usersWithReturnedMessages.remove(old)
        usersWithReturnedMessages.insert(new)
        let questions = asked.values.filter { $0.entry.account.user == old }
        for outcome in questions { asked[outcome.entry.id] = nil }
        for outcome in (held.removeValue(forKey: old) ?? []) + questions {
            tell(UnreportedOutcome(Self.entry(outcome.entry, movedTo: new), failure: outcome.failure))
        }
        if let new = clients.best(of: new) { sendReturned(to: UserID(new.bare.description), client: new) }
    }

    /// The entry as the registry has it after the move.
    private static func entry(_ old: OutboundEntry, movedTo user: UserID) -> OutboundEntry {
        var entry = old
        entry.account = AccountID(user: user, network: old.account.network)
        entry.sender = user.rawValue
        return entry
    }
}
