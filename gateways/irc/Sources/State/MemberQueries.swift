import DequeModule
import NIOCore

/// Channels whose members the adapter still asks the server about (WHOX), one channel at a time.
struct MemberQueries {
    /// The number of members up to which a channel is asked about.
    static let mostMembers = 500
    /// The number of members that all sessions of an adapter ask about at once, and the time for each member after
    /// that. An answer costs time for each member, and thousands of users may enter channels in one minute.
    static let burst = 2_000
    static let timePerMember = TimeAmount.milliseconds(1)
    /// How long an answer may take.
    static let timeout = TimeAmount.seconds(60)
    /// Tells the answers to our questions from those to lines of the user (WHOX `t`).
    static let token = "152"
    /// The fields of an answer: the token, the channel, the nick, the flags, and the account.
    static let fields = MiddleParameter(literal: "%tcnfa,152")

    /// The channel whose answer is under way, and until when it may come.
    private(set) var current: (channel: FoldedName, end: NIODeadline)?
    private(set) var wanted: Deque<FoldedName> = []
    /// The time for the next question, which the pace of all sessions has given. Nil until one is asked for.
    private(set) var turn: NIODeadline?

    /// Whether nothing is to be asked or answered.
    var isEmpty: Bool { wanted.isEmpty && current == nil }

    mutating func want(_ channel: FoldedName) { wanted.append(channel) }

    /// The channel to ask about next. Nil if an answer is under way, or if there is none.
    var next: FoldedName? { current == nil ? wanted.first : nil }

    /// Drops the channel that `next` returns.
    mutating func dropNext() {
        wanted.removeFirst()
        // An empty queue need not keep its memory: it is used once for each entry.
        if wanted.isEmpty { wanted = [] }
    }

    /// Whether it is time to ask about a channel with that number of members.
    mutating func hasTurn(_ members: Int, at pace: SharedPace, now: NIODeadline) -> Bool {
        let turn = turn ?? pace.reserve(members, now: now)
        self.turn = turn
        return now >= turn
    }

    /// The question about the channel that `next` returns was sent.
    mutating func asked(now: NIODeadline) {
        guard let channel = wanted.first else { return }
        dropNext()
        turn = nil
        current = (channel, now + MemberQueries.timeout)
    }

    /// The answer about a channel is complete. Returns false if none was under way.
    mutating func answered(_ channel: FoldedName) -> Bool {
        guard current?.channel == channel else { return false }
        current = nil
        return true
    }

    /// Gives up an answer that has taken too long.
    mutating func expire(now: NIODeadline) { if let end = current?.end, now >= end { current = nil } }

    /// Sorts the channels again after the server has changed its case mapping.
    mutating func foldAgain(_ mapping: CaseMapping) {
        wanted = Deque(wanted.map { mapping.fold($0.text) })
        current = current.map { (channel: mapping.fold($0.channel.text), end: $0.end) }
    }

    /// Drops all questions. Call it when the server cannot answer them.
    mutating func dropAll() {
        wanted = []
        current = nil
    }
}
