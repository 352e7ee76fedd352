import Basics
import DequeModule
import GatewayKit
import NIOCore

/// The queue of lines to the network, and the proof that the network has taken them.
///
/// A line waits here for flood control, is written, and is then in flight until its outcome is proved: by its echo, an
/// answer with its label, a refusal, an event that it caused, or the answer to a PING that was written after it (a
/// fence). Every request has exactly one outcome. Until then it has at least one line that waits or is in flight. The
/// functions return the lines to write and the outcomes.
struct Outbox {
    /// How the network proves that it has taken a line: by an answer with the line's label, an echo, or a fence.
    enum Proof: Sendable { case label, echo, fence }

    /// A line that has not been written.
    struct Line {
        let request: OpenRequest
        let line: OutboundLine
        /// The text as an echo will show it.
        let text: String
        /// Lines to write directly behind it. They have the same outcome.
        let followed: [OutboundLine]
        /// Decides its place in the queue: lines of a lower round come first (`place`).
        let round: Int
    }

    /// A line that was written and whose outcome is not proved yet.
    struct InFlight {
        let request: OpenRequest
        let sequence: Int
        let label: Int?
        let proof: Proof
        let written: NIODeadline
        /// The text as an echo will show it.
        let text: String
    }

    /// An echo with a text that no line of ours has. Either the server has changed a line of ours, or another client
    /// that shares our connection to the network (through a bouncer) has written it.
    struct StrayEcho {
        let kind: RequestKind
        let target: FoldedName
        /// The command of a CTCP message; nil for a plain text. No server changes it.
        let form: String?
        let id: MessageID?
        /// The message for the core, if the echo turns out to be one of another client.
        let message: InboundMessage?
    }

    /// The outcome of a request. A success has the network's id of the message, if it gave one.
    struct Outcome {
        let request: OpenRequest
        let result: Result<MessageID?, Failure>
    }

    /// A PING that has not been answered. Its answer proves that the network has read all lines before it.
    struct Fence: Sendable {
        let token: String
        /// The sequence number of the last line that was written before the fence.
        let covers: Int
        let written: NIODeadline
    }

    /// The number of lines that may wait for flood control. Requests with further lines are refused.
    static let queueLimit = 200
    /// The number of lines that may wait if there is no flood control. They wait for the end of the loop's turn, or for
    /// a network that does not read.
    static let freeQueueLimit = 2_000
    /// The number of lines that may be in flight. Further lines wait.
    static let inFlightLimit = 2_000

    /// The number of stray echoes that are remembered. The oldest is dropped.
    static let strayEchoLimit = 64

    /// The lines that wait, by their rounds.
    var queue: Deque<Line> = []
    /// The round of the line that was written last, while others wait.
    var round = 0
    /// The lines in flight, in the order in which they were written.
    var inFlight: Deque<InFlight> = []
    /// The number of requests that have no outcome yet.
    var openRequests = 0
    /// The stray echoes since the last answered fence, oldest first.
    var strayEchoes: Deque<StrayEcho> = []
    /// Refusals since the last answered fence that fit several messages.
    var unsureRefusals: [UnsureRefusal] = []
    /// The fence that is on its way. There is at most one at a time.
    var fence: Fence?
    /// Decides whether the lines since the last fence need another one.
    var demand = FenceDemand()
    /// The tokens of flood control. Nil if there is none.
    var bucket: TokenBucket?
    var lastSequence = 0
    var lastFence = 0

    init(flood: FloodLimit) {
        bucket = flood.perSecond > 0 ? TokenBucket(burst: flood.burst, perSecond: flood.perSecond) : nil
    }

    var isIdle: Bool { openRequests == 0 }

    /// Whether a reply with that label, or without one, can answer a line in flight of this kind.
    func awaitsReply(_ kind: RequestKind, label: Int?) -> Bool {
        inFlight.contains { $0.request.kind == kind && $0.label == label }
    }

    /// Queues the lines of a request, at least one. They keep their order and come behind all lines to their target. Returns
    /// a failure, and queues nothing, if there are too many.
    ///
    /// - Parameters:
    ///   - turn: the room or person whose turn the lines take, if that is not `target`.
    ///   - followed: lines to write directly behind each line. They need no proof of their own.
    mutating func submit(
        _ request: RequestID?, _ kind: RequestKind, target: FoldedName, secondName: FoldedName? = nil,
        turn: FoldedName? = nil, canShareFence: Bool = false,
        lines: some Collection<(line: OutboundLine, text: String)>,
        followed: [OutboundLine] = []
    ) -> Failure? {
        guard lines.count <= Outbox.queueLimit else {
            return Failure(.tooLong, "This message has \(lines.count) lines; at most \(Outbox.queueLimit) are sent.")
        }
        guard queue.count + lines.count <= (bucket == nil ? Outbox.freeQueueLimit : Outbox.queueLimit) else {
            return Failure(
                .rateLimited, "Too many lines wait for this network. Wait a moment, then send the message again.",
                detail: "\(queue.count) lines queued")
        }
        openRequests += 1
        let open = OpenRequest(
            request, kind, target: target, secondName: secondName, turn: turn, canShareFence: canShareFence,
            lines: lines.count)
        for (line, text) in lines { place(open, line, text, followed) }
        return nil
    }

    /// Folds the names of all open requests again after the server has changed its case mapping.
    func foldAgain(_ mapping: CaseMapping) {
        for line in queue { line.request.foldAgain(mapping) }
        for line in inFlight { line.request.foldAgain(mapping) }
    }

    /// Takes back the oldest request of that kind and target with a line that has not been written. Returns its
    /// outcome, which is `failure`; nil if there is no such request.
    mutating func withdraw(_ kind: RequestKind, target: FoldedName, _ failure: Failure) -> Outcome? {
        guard let line = queue.first(where: { $0.request.kind == kind && $0.request.target == target }) else {
            return nil
        }
        return settle(line.request, .failure(failure))
    }
}

/// How fast lines may be written to the network.
package struct FloodLimit: Sendable, Equatable {
    /// The number of lines that may be written at once, at least 1.
    package var burst: Int
    /// The number of lines per second after that. 0 means no limit.
    package var perSecond: Double

    package init(burst: Int = 10, perSecond: Double = 1) {
        self.burst = burst
        self.perSecond = perSecond
    }
}
