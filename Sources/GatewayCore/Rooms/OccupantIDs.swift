import XMPP

/// The ids of a room's occupants (XEP-0421). An id is a hash of the first nick of its occupant. It stays the same when
/// the occupant changes the nick, so only such occupants are remembered.
struct OccupantIDs {
    private let key: OccupantKey
    /// The ids that are not the hash of the occupant's present nick, by nick.
    private var moved: [String: String] = [:]
    /// The values of `moved`.
    private var taken: Set<String> = []
    /// The result of the latest look-up. Messages of one occupant often come one after another.
    private var last: (nick: String, id: String)?

    init(_ key: OccupantKey) { self.key = key }

    /// The id of the occupant with this shown nick.
    mutating func id(of nick: String) -> String {
        if let last, last.nick == nick { return last.id }
        let id = moved.isEmpty ? key.id(of: nick) : moved[nick] ?? free(for: nick)
        last = (nick, id)
        return id
    }

    /// An id for a nick. It is the hash of the nick, unless an occupant who had this nick before has that id.
    private mutating func free(for nick: String) -> String {
        var id = key.id(of: nick)
        guard taken.contains(id) else { return id }
        var round = 2
        repeat {
            id = key.id(of: "\(nick)\u{0}\(round)")
            round += 1
        } while taken.contains(id)
        moved[nick] = id
        taken.insert(id)
        return id
    }

    /// Keeps the id of an occupant who changes the nick.
    mutating func rename(_ old: String, to new: String) {
        let id = id(of: old)
        moved[old] = nil
        moved[new] = id
        taken.insert(id)
        last = nil
    }

    /// Forgets the id of an occupant who has left.
    mutating func forget(_ nick: String) {
        if let last, last.nick == nick { self.last = nil }
        guard !moved.isEmpty, let id = moved.removeValue(forKey: nick) else { return }
        taken.remove(id)
    }
}
