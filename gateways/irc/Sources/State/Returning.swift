import DequeModule
import NIOCore

/// The people that a netsplit has taken, and those that are coming back.
///
/// After a split, servers send a JOIN for everybody, and then the ranks by MODE. People who come back are held for a
/// moment, so that the core is told of each once, with the rank. They are told in slices: thousands come back at once.
struct Returning {
    /// A member of whose return the core has not been told.
    struct Member: Equatable {
        let channel: FoldedName
        let name: FoldedName
    }

    /// How long the core is told nothing after a JOIN, for the ranks to come.
    static let pause = TimeAmount.milliseconds(500)
    /// How long the first of them waits at most.
    static let longestPause = TimeAmount.seconds(3)
    /// The number of members that the core is told of in one turn.
    static let slice = 150
    /// The time for each member. All sessions of an adapter together tell of no more, because a netsplit concerns all
    /// users of its network.
    static let timePerMember = TimeAmount.microseconds(12)
    /// How long people count as gone by a netsplit. Later their JOINs are told at once.
    static let memory = TimeAmount.minutes(30)

    private var gone: Set<FoldedName> = []
    private var goneUntil = NIODeadline.distantFuture
    private var held: Deque<Member> = []
    private var holdsSince: NIODeadline?
    /// When the core is told of the next members. Nil if nobody is held.
    private(set) var due: NIODeadline?
    /// Whether `due` is a time that the pace of all sessions has given.
    private var hasTurn = false

    var isEmpty: Bool { held.isEmpty }
    /// The number of people whom netsplits have taken.
    var goneCount: Int { gone.count }

    /// A netsplit has taken a member of a channel of ours.
    mutating func lost(_ name: FoldedName, now: NIODeadline) {
        goneUntil = now + Returning.memory
        if gone.count < IRCClient.memberLimit { gone.insert(name) }
    }

    /// Whether a netsplit has taken the person.
    mutating func isExpected(_ name: FoldedName, now: NIODeadline) -> Bool {
        if now >= goneUntil { forget() }
        return gone.contains(name)
    }

    private mutating func forget() {
        gone = []
        goneUntil = .distantFuture
    }

    /// Holds a member whose JOIN has come.
    mutating func hold(_ member: Member, now: NIODeadline) {
        let first = holdsSince ?? now
        holdsSince = first
        held.append(member)
        due = min(now + Returning.pause, first + Returning.longestPause)
        hasTurn = false
    }

    /// A member that is held has another nick or place now.
    mutating func replace(by member: Member) { held.append(member) }

    /// Removes and returns the next member, which may have left again or been told of already. Nil if there is none.
    mutating func next() -> Member? { held.popFirst() }

    /// Whether the next slice may be told now. If not, `due` tells when.
    mutating func takesTurn(at pace: SharedPace, now: NIODeadline) -> Bool {
        guard let due, now >= due else { return false }
        if !hasTurn { plan(at: pace, now: now) }
        return self.due.map { now >= $0 } ?? false
    }

    /// A slice was told.
    mutating func told(at pace: SharedPace, now: NIODeadline) {
        if held.isEmpty { end() } else { plan(at: pace, now: now) }
    }

    private mutating func plan(at pace: SharedPace, now: NIODeadline) {
        due = pace.reserve(min(held.count, Returning.slice), now: now)
        hasTurn = true
    }

    /// All members were told.
    mutating func end() {
        held = []
        holdsSince = nil
        due = nil
        hasTurn = false
    }

    /// Sorts the people again after the server has changed its case mapping. Nobody may be held.
    mutating func foldAgain(_ mapping: CaseMapping) { gone = Set(gone.map { mapping.fold($0.text) }) }
}
