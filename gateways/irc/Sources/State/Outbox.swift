import GatewayKit
import NIOCore
import Networking

/// The way of our requests to the network and of the proof that it took them.
///
/// Lines wait here for the flood control, are written, and then are in flight until something shows what became of
/// them: their echo, an answer with their label, a refusal, an event that they caused, or the answer to a PING that
/// was written after them (a fence). Every request has exactly one outcome. A value: lines and outcomes come back
/// from its functions.
struct Outbox: Sendable {
    /// How the network shows that it took a line.
    enum Proof: Sendable { case label, echo, fence }

    /// A line and what it belongs to. An object, because it goes from hand to hand and never changes.
    final class Line: Sendable {
        let ticket: Int
        let kind: RequestKinds
        let target: FoldedName
        /// For a kick, who: an error may name either.
        let person: FoldedName?
        let line: OutboundLine
        /// The text as an echo will show it.
        let text: String
        /// Nobody is shown that the network has it, so the proof may come a little later, for many lines at once.
        let isPatient: Bool

        init(
            ticket: Int, kind: RequestKinds, target: FoldedName, person: FoldedName?, line: OutboundLine, text: String,
            isPatient: Bool
        ) {
            self.ticket = ticket
            self.kind = kind
            self.target = target
            self.person = person
            self.line = line
            self.text = text
            self.isPatient = isPatient
        }
    }

    struct InFlight: Sendable {
        let line: Line
        let sequence: Int
        let label: Int?
        let proof: Proof
        let written: NIODeadline
    }

    /// A request that has no outcome yet.
    struct Open: Sendable {
        let request: RequestID?
        let kind: RequestKinds
        let target: FoldedName
        /// Lines that are waiting or in flight.
        var unsettled: Int
        var wasWritten = false
        /// Lines that the network has taken.
        var confirmed = 0
        var messageID: MessageID?
    }

    /// What became of a request; `request` is nil for what we wanted ourselves, such as entering a room again.
    struct Outcome: Equatable, Sendable {
        let request: RequestID?
        let kind: RequestKinds
        let target: FoldedName
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

    var queue: [Line] = []
    var inFlight: [InFlight] = []
    var open: [Int: Open] = [:]
    var fence: Fence?
    /// What has been written since the last fence.
    var demand = FenceDemand()
    /// Nil: no flood control.
    var bucket: TokenBucket?
    private var lastTicket = 0
    var lastSequence = 0
    var lastFence = 0

    init(flood: FloodLimit) {
        bucket = flood.perSecond > 0 ? TokenBucket(burst: flood.burst, perSecond: flood.perSecond) : nil
    }

    var isIdle: Bool { open.isEmpty }

    /// Takes a request with its lines, at least one. Returns why not, if not.
    mutating func submit(
        _ request: RequestID?, _ kind: RequestKinds, target: FoldedName, person: FoldedName? = nil,
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
        lastTicket += 1
        open[lastTicket] = Open(request: request, kind: kind, target: target, unsettled: lines.count)
        for (line, text) in lines {
            queue.append(
                Line(
                    ticket: lastTicket, kind: kind, target: target, person: person, line: line, text: text,
                    isPatient: isPatient))
        }
        return nil
    }

    /// Takes back a request whose lines have not been written.
    mutating func withdraw(_ kind: RequestKinds, target: FoldedName, _ failure: Failure) -> Outcome? {
        guard let line = queue.first(where: { $0.kind == kind && $0.target == target }) else { return nil }
        return settle(line.ticket, .failure(failure))
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
