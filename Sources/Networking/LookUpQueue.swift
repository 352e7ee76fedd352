import NIOCore

/// Decides which name is looked up next. It is a value; `ResolverLoop` carries out its decisions.
///
/// Names of the configuration come first, and places are reserved for them. For each user, the queue bounds the names
/// under way and the names that wait. Users take turns.
///
/// If a second requester asks for a name that is being looked up, the request joins the running query, but still uses
/// one of the requester's own places. If that query fails for a temporary reason, the second requester gets its own
/// query.
struct LookUpQueue {
    /// A question to the name servers. Equal questions of several requesters share one query.
    struct Query: Hashable {
        /// The name in lower case.
        let name: String
        let usesSearchList: Bool

        init(_ name: String, for requester: Requester) {
            self.name = name.lowercased()
            usesSearchList = requester.usesSearchList
        }
    }

    /// One look-up of one requester.
    private struct Entry {
        let id: UInt64
        let query: Query
        let requester: Requester
        /// Whether the entry joined a query that another entry began.
        var hasJoined = false
        /// Whether a query that the entry had joined failed. The entry gets one query of its own and no further one.
        var isSecondTry = false
    }

    private struct Line {
        var waiting: CircularBuffer<Entry> = []
        var underWay = 0
        var isInTurns = false
    }

    private let limits: LookUpLimits
    private var lines: [Requester: Line] = [:]
    /// Users who may have a name to start, in the order of their turns. A user without one is passed over.
    private var turns: CircularBuffer<Requester> = []
    private var running: [Query: [Entry]] = [:]
    private var runningForUsers = 0
    private var asked: [UInt64: (requester: Requester, query: Query)] = [:]

    init(_ limits: LookUpLimits) { self.limits = limits }

    /// The number of queries under way.
    var runningCount: Int { running.count }
    /// The number of look-ups without an answer.
    var count: Int { asked.count }

    /// Puts a look-up into its user's line. Returns false if the line is full; the look-up is then refused.
    mutating func add(_ id: UInt64, _ query: Query, for requester: Requester) -> Bool {
        var line = lines[requester] ?? Line()
        if requester != .configuration, line.waiting.count >= limits.waitingPerUser { return false }
        line.waiting.append(Entry(id: id, query: query, requester: requester))
        lines[requester] = line
        asked[id] = (requester, query)
        offerTurn(requester)
        return true
    }

    /// Removes and returns the next query to start; nil if none waits, or no place is free.
    mutating func next() -> Query? { nextOfConfiguration() ?? nextOfUsers() }

    /// Notes that a query has ended. Returns the look-ups to answer.
    ///
    /// - Parameter isTemporary: whether the query failed for a temporary reason.
    mutating func ended(_ query: Query, isTemporary: Bool) -> [UInt64] {
        var answered: [UInt64] = []
        for var entry in forget(query) {
            lines[entry.requester]?.underWay -= 1
            if isTemporary, entry.hasJoined, !entry.isSecondTry {
                entry.hasJoined = false
                entry.isSecondTry = true
                lines[entry.requester]?.waiting.prepend(entry)
            } else {
                asked[entry.id] = nil
                answered.append(entry.id)
            }
            offerTurn(entry.requester)
        }
        return answered
    }

    /// Forgets a look-up. Returns the query under way that no look-up needs any more; the query is forgotten too.
    mutating func cancel(_ id: UInt64) -> Query? {
        guard let (requester, query) = asked.removeValue(forKey: id) else { return nil }
        defer { offerTurn(requester) }
        if let index = lines[requester]?.waiting.firstIndex(where: { $0.id == id }) {
            lines[requester]?.waiting.remove(at: index)
            return nil
        }
        lines[requester]?.underWay -= 1
        running[query]?.removeAll { $0.id == id }
        guard running[query]?.isEmpty ?? true else { return nil }
        _ = forget(query)
        return query
    }

    private mutating func forget(_ query: Query) -> [Entry] {
        guard let entries = running.removeValue(forKey: query) else { return [] }
        if !query.usesSearchList { runningForUsers -= 1 }
        return entries
    }

    private mutating func nextOfConfiguration() -> Query? {
        while var line = lines[.configuration], let entry = line.waiting.first {
            guard running[entry.query] != nil || running.count < limits.total else { return nil }
            line.waiting.removeFirst()
            line.underWay += 1
            lines[.configuration] = line
            if let query = begin(entry) { return query }
        }
        return nil
    }

    private mutating func nextOfUsers() -> Query? {
        while runningForUsers < limits.totalForUsers, running.count < limits.total, let user = turns.popFirst() {
            lines[user]?.isInTurns = false
            guard isDue(user), let entry = lines[user]?.waiting.popFirst() else {
                offerTurn(user)
                continue
            }
            lines[user]?.underWay += 1
            offerTurn(user)
            if let query = begin(entry) { return query }
        }
        return nil
    }

    /// Starts the query of an entry; nil if the query runs already, and the entry has joined it.
    private mutating func begin(_ entry: Entry) -> Query? {
        var entry = entry
        entry.hasJoined = running[entry.query] != nil
        running[entry.query, default: []].append(entry)
        if entry.hasJoined { return nil }
        if !entry.query.usesSearchList { runningForUsers += 1 }
        return entry.query
    }

    private func isDue(_ requester: Requester) -> Bool {
        guard let line = lines[requester] else { return false }
        return !line.waiting.isEmpty && line.underWay < max(limits.perUser, 1)
    }

    /// Puts a user into the turns if the user has something to start, and forgets an empty line.
    private mutating func offerTurn(_ requester: Requester) {
        guard let line = lines[requester], !line.isInTurns else { return }
        if line.waiting.isEmpty, line.underWay == 0 {
            lines[requester] = nil
        } else if requester != .configuration, isDue(requester) {
            lines[requester]?.isInTurns = true
            turns.append(requester)
        }
    }
}
