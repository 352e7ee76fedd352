import Basics
import DequeModule
import GatewayKit
import NIOCore

/// The people whose details have changed without the core having been told, and the pace at which it is told.
///
/// All people of a network can go away or log in within a second, as after a netsplit, and each change becomes a
/// presence for each client of the user. Of several changes of one person that wait, the core is told the last state
/// alone.
struct DetailNews {
    /// The number of changes that are told at once.
    static let burst = 100
    /// The number of changes per second after that.
    static let perSecond = 20.0

    private var pace = TokenBucket(burst: burst, perSecond: perSecond)
    private var names: Deque<FoldedName> = []
    /// The same names as a set.
    private var waiting: Set<FoldedName> = []
    /// The new details of people in many channels, which are written into the channels when the core is told.
    private var details: [FoldedName: OccupantDetails] = [:]

    var isEmpty: Bool { names.isEmpty }
    var count: Int { names.count }

    /// Whether the core may be told of a person's change now. Otherwise the person waits; `next` returns the name later.
    mutating func admits(_ name: FoldedName, now: NIODeadline) -> Bool {
        if names.isEmpty, pace.take(now: now.uptimeNanoseconds) { return true }
        guard !waiting.contains(name) else { return false }
        // Names of people who are gone again wait, too. Members are bounded, but their coming and going is not.
        guard names.count < IRCClient.memberLimit else { return true }
        waiting.insert(name)
        names.append(name)
        return false
    }

    /// The people whose details are held.
    var held: [FoldedName] { Array(details.keys) }

    func heldDetails(of name: FoldedName) -> OccupantDetails? { details.isEmpty ? nil : details[name] }

    /// Holds the details of a person until the core is told.
    mutating func hold(_ new: OccupantDetails, of name: FoldedName) { details[name] = new }

    /// Removes and returns the details that are held for a person.
    mutating func takeHeldDetails(of name: FoldedName) -> OccupantDetails? {
        details.isEmpty ? nil : details.removeValue(forKey: name)
    }

    /// The person is in none of our channels any more.
    mutating func forget(_ name: FoldedName) { _ = takeHeldDetails(of: name) }

    /// Counts events beyond the first of a person.
    mutating func charge(_ events: Int) { if events > 0 { pace.charge(events) } }

    /// Removes and returns the next person of whom the core may be told. Nil if nobody waits, or if it is too early.
    mutating func next(now: NIODeadline) -> FoldedName? {
        guard !names.isEmpty, pace.take(now: now.uptimeNanoseconds) else { return nil }
        let name = names.removeFirst()
        waiting.remove(name)
        if names.isEmpty { (names, waiting) = ([], []) }
        return name
    }

    /// When `next` returns a name. Nil if nobody waits.
    mutating func nextWake(now: NIODeadline) -> NIODeadline? {
        names.isEmpty ? nil : now + TimeAmount(pace.timeUntilNext(now: now.uptimeNanoseconds))
    }

    /// Sorts the people again after the server has changed its case mapping. No details may be held.
    mutating func foldAgain(_ mapping: CaseMapping) {
        waiting = []
        names = Deque(names.map { mapping.fold($0.text) }.filter { waiting.insert($0).inserted })
    }
}
