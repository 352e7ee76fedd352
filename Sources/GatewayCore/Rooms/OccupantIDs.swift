import XMPP

/// The ids of a room's occupants (XEP-0421).
///
/// An id belongs to one stay: it follows its occupant through changes of the nick and of the account. The id of an
/// occupant who enters with a known account is a hash of the account, so that the same person has it under every nick.
/// Any other id is a hash of the nick. If the account of such an occupant becomes known during the stay, the account
/// keeps this id for later stays, and nobody else gets it. A second account of the same stay gets none of it.
struct OccupantIDs {
    /// The id of an occupant, if the nick does not give it.
    private struct Held {
        let id: String
        /// Whether the id belongs to an account.
        let isOfAccount: Bool
    }

    /// The number of accounts whose ids are remembered. Beyond it, an account does not keep an id that was made from a
    /// nick.
    static let mostAccounts = 1_000

    private let key: OccupantKey
    /// The ids of occupants who have an account or have changed their nick.
    private var held: [String: Held] = [:]
    /// The ids in `held` that were made from a nick.
    private var taken: Set<String> = []
    /// The ids of accounts.
    private var ofAccounts: [String: String] = [:]
    /// The ids in `ofAccounts` that were made from a nick.
    private var reserved: Set<String> = []
    /// The result of the latest look-up. Messages of one occupant often come one after another.
    private var last: (nick: String, id: String)?

    init(_ key: OccupantKey) { self.key = key }

    /// The id of the occupant with this shown nick.
    mutating func id(of nick: String) -> String {
        if let last, last.nick == nick { return last.id }
        let id = held.isEmpty && reserved.isEmpty ? key.id(of: nick) : held[nick]?.id ?? free(for: nick)
        last = (nick, id)
        return id
    }

    /// An id for a nick that no occupant has taken along to another nick, and no account keeps.
    private mutating func free(for nick: String) -> String {
        var id = key.id(of: nick)
        guard isTaken(id) else { return id }
        var round = 2
        repeat {
            id = key.id(of: "\(nick)\u{0}\(round)")
            round += 1
        } while isTaken(id)
        held[nick] = Held(id: id, isOfAccount: false)
        taken.insert(id)
        return id
    }

    private func isTaken(_ id: String) -> Bool { taken.contains(id) || reserved.contains(id) }

    /// An occupant enters. Call it before anybody is told, with the account if it is known.
    mutating func enter(_ nick: String, account: String?) {
        guard let account else { return }
        // No nick begins with NUL, so the id of an account is never that of a nick.
        let id = ofAccounts[account] ?? key.id(of: "\u{0}" + account)
        if ofAccounts.count < Self.mostAccounts { ofAccounts[account] = id }
        held[nick] = Held(id: id, isOfAccount: true)
        last = nil
    }

    /// The account of an occupant has become known. The id of the occupant stays.
    mutating func learn(_ account: String?, of nick: String) {
        guard let account, ofAccounts[account] == nil, ofAccounts.count < Self.mostAccounts,
            held[nick]?.isOfAccount != true
        else { return }
        let id = id(of: nick)
        ofAccounts[account] = id
        reserved.insert(id)
        taken.remove(id)
        held[nick] = Held(id: id, isOfAccount: true)
    }

    /// An occupant has changed the nick.
    mutating func rename(_ old: String, to new: String) {
        let id = id(of: old)
        let isOfAccount = held.removeValue(forKey: old)?.isOfAccount ?? false
        held[new] = Held(id: id, isOfAccount: isOfAccount)
        if !isOfAccount { taken.insert(id) }
        last = nil
    }

    /// Forgets the id of an occupant who has left.
    mutating func forget(_ nick: String) {
        if let last, last.nick == nick { self.last = nil }
        guard !held.isEmpty, let gone = held.removeValue(forKey: nick), !gone.isOfAccount else { return }
        taken.remove(gone.id)
    }
}
