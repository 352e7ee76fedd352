import Basics
import DequeModule
import GatewayKit
import NIOCore

/// The way of our requests to the network and of the proof that it took them.
///
/// Lines wait here for the flood control, are written, and then are in flight until something shows what became of
/// them: their echo, an answer with their label, a refusal, an event that they caused, or the answer to a PING that
/// was written after them (a fence). Every request has exactly one outcome, and until then a line that waits or is in
/// flight. Lines and outcomes come back from its functions.
struct Outbox {
    /// How the network shows that it took a line.
    enum Proof: Sendable { case label, echo, fence }

    /// A line that has not been written.
    struct Line {
        let request: OpenRequest
        let line: OutboundLine
        /// The text as an echo will show it.
        let text: String
    }

    struct InFlight {
        let request: OpenRequest
        let sequence: Int
        let label: Int?
        let proof: Proof
        let written: NIODeadline
        /// The text as an echo will show it.
        let text: String
    }

    /// What became of a request.
    struct Outcome {
        let request: OpenRequest
        let result: Result<MessageID?, Failure>
    }

    struct Fence: Sendable {
        let token: String
        /// Lines with this sequence number and lower were written before it.
        let covers: Int
        let written: NIODeadline
    }

    /// Lines that may wait for the flood control; more are refused.
    static let queueLimit = 200
    /// The same where there is none: they wait for their turn of the loop only, or for a network that does not read.
    static let freeQueueLimit = 2_000
    /// Lines that were written and not proved to be taken; further ones wait.
    static let inFlightLimit = 2_000

    var queue: Deque<Line> = []
    /// In the order in which they were written.
    var inFlight: Deque<InFlight> = []
    /// Requests that have no outcome yet.
    var openRequests = 0
    var fence: Fence?
    /// What has been written since the last fence.
    var demand = FenceDemand()
    /// Nil: no flood control.
    var bucket: TokenBucket?
    var lastSequence = 0
    var lastFence = 0

    init(flood: FloodLimit) {
        bucket = flood.perSecond > 0 ? TokenBucket(burst: flood.burst, perSecond: flood.perSecond) : nil
    }

    var isIdle: Bool { openRequests == 0 }

    /// Takes a request with its lines, at least one. Returns why not, if not.
    mutating func submit(
        _ request: RequestID?, _ kind: RequestKind, target: FoldedName, person: FoldedName? = nil,
        isPatient: Bool = false, lines: some Collection<(line: OutboundLine, text: String)>
    ) -> Failure? {
        guard lines.count <= Outbox.queueLimit else {
            return Failure(.tooLong, "This message has \(lines.count) lines; at most \(Outbox.queueLimit) are sent.")
        }
        guard queue.count + lines.count <= (bucket == nil ? Outbox.freeQueueLimit : Outbox.queueLimit) else {
            return Failure(
                .rateLimited, "Too many lines wait to be sent to this network. Wait a little and send it again.",
                detail: "\(queue.count) lines queued")
        }
        openRequests += 1
        let open = OpenRequest(
            request, kind, target: target, person: person, isPatient: isPatient, lines: lines.count)
        for (line, text) in lines { queue.append(Line(request: open, line: line, text: text)) }
        return nil
    }

    /// Takes back a request whose lines have not been written.
    mutating func withdraw(_ kind: RequestKind, target: FoldedName, _ failure: Failure) -> Outcome? {
        guard let line = queue.first(where: { $0.request.kind == kind && $0.request.target == target }) else {
            return nil
        }
        return settle(line.request, .failure(failure))
    }
}

/// How fast lines may go out.
package struct FloodLimit: Sendable, Equatable {
    /// Lines at once, at least 1.
    package var burst: Int
    /// Lines per second after that; 0 is no limit.
    package var perSecond: Double

    package init(burst: Int = 10, perSecond: Double = 1) {
        self.burst = burst
        self.perSecond = perSecond
    }
}
