import Basics
import DequeModule
import NIOCore

/// The channels whose members the server is still to be asked about (WHOX), one at a time.
struct MemberInquiries {
    /// The number of members up to which a channel is asked about.
    static let mostMembers = 500
    /// How long an answer may take.
    static let patience = TimeAmount.seconds(60)
    /// Tells the answers to our questions from those to lines of the user (WHOX `t`).
    static let token = "152"
    /// The fields of an answer: the token, the channel, the nick, the flags, and the account.
    static let fields = MiddleParameter(literal: "%tcnfa,152")

    /// The channel whose answer is under way, and until when it may come.
    private(set) var current: (channel: FoldedName, end: NIODeadline)?
    private(set) var wanted: Deque<FoldedName> = []

    /// Whether nothing is to be asked or answered.
    var isEmpty: Bool { wanted.isEmpty && current == nil }

    mutating func want(_ channel: FoldedName) { wanted.append(channel) }

    /// The channel to ask about next. Nil if an answer is under way, or if there is none.
    var next: FoldedName? { current == nil ? wanted.first : nil }

    /// Drops the channel that `next` returns.
    mutating func dropNext() { wanted.removeFirst() }

    /// The question about the channel that `next` returns was sent.
    mutating func asked(now: NIODeadline) {
        guard let channel = wanted.popFirst() else { return }
        current = (channel, now + MemberInquiries.patience)
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

/// How fast all sessions of an adapter together ask about members. An answer costs time for each member, and thousands
/// of users may enter channels in one minute.
final class InquiryPace {
    /// The number of members that are asked about at once.
    static let burst = 2_000
    /// The number of members per second after that.
    static let perSecond = 1_000.0

    private var bucket = TokenBucket(burst: burst, perSecond: perSecond)

    /// Takes the turn to ask about a channel with that number of members. Returns false if it is too early.
    func take(members: Int, now: NIODeadline) -> Bool {
        guard bucket.take(now: now.uptimeNanoseconds) else { return false }
        bucket.charge(members - 1)
        return true
    }

    /// When `take` can succeed.
    func nextTurn(now: NIODeadline) -> NIODeadline {
        now + TimeAmount(bucket.timeUntilNext(now: now.uptimeNanoseconds))
    }
}
