import NIOCore

/// Decides which name is looked up next. A value: `ResolverLoop` carries its decisions out.
///
/// Names of the configuration come first and have places of their own. Each user has a bounded number of names under
/// way and of names that wait, and users take turns. A second requester joins a running query, but still uses one of its
/// own places. If that query fails for a reason that may pass, the second requester gets a query of its own.
struct LookUpQueue {
    /// What is asked of the name servers; one query for all who ask the same.
    struct Query: Hashable {
        /// In lower case.
        let name: String
        let usesSearchList: Bool

        init(_ name: String, for requester: Requester) {
            self.name = name.lowercased()
            usesSearchList = requester.usesSearchList
        }
    }

    /// One who asks.
    private struct Entry {
        let id: UInt64
        let query: Query
        let requester: Requester
        /// Joined a query of somebody else.
        var hasJoined = false
        /// Has had a query fail that he joined, and gets no further one.
        var isSecondTry = false
    }

    private struct Line {
        var waiting: CircularBuffer<Entry> = []
        var underWay = 0
        var isInTurns = false
    }

    private let limits: LookUpLimits
    private var lines: [Requester: Line] = [:]
    /// Users who may have a name started, in the order of their turns. One who may not any more is passed over.
    private var turns: CircularBuffer<Requester> = []
    private var running: [Query: [Entry]] = [:]
    private var runningForUsers = 0
    private var asked: [UInt64: (requester: Requester, query: Query)] = [:]

    init(_ limits: LookUpLimits) { self.limits = limits }

    /// Queries under way.
    var runningCount: Int { running.count }
    /// Those who have not been answered.
    var count: Int { asked.count }

    /// Puts a look-up into its user's line. False: the line is full, and the look-up is refused.
    mutating func add(_ id: UInt64, _ query: Query, for requester: Requester) -> Bool {
        var line = lines[requester] ?? Line()
        if requester != .configuration, line.waiting.count >= limits.waitingPerUser { return false }
        line.waiting.append(Entry(id: id, query: query, requester: requester))
        lines[requester] = line
        asked[id] = (requester, query)
        offerTurn(requester)
        return true
    }

    /// Removes and returns the next query to start; nil if there is none, or no place.
    mutating func next() -> Query? { nextOfConfiguration() ?? nextOfUsers() }

    /// The query has ended. Returns those who are to be answered.
    ///
    /// - Parameter mayPass: it failed for a reason that may be gone at the next try.
    mutating func ended(_ query: Query, mayPass: Bool) -> [UInt64] {
        var answered: [UInt64] = []
        for var entry in forget(query) {
            lines[entry.requester]?.underWay -= 1
            if mayPass, entry.hasJoined, !entry.isSecondTry {
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

    /// Forgets one who asked. Returns a query under way that nobody waits for any more: it is forgotten too.
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

    /// Nil if the query runs already: the entry has joined it.
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

    /// Lets a user take turns if he has something to start, and forgets a line that is empty.
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
