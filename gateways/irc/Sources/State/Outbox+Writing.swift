import Basics
import DequeModule
import GatewayKit
import NIOCore
import Networking

extension Outbox {
    /// How long an echo or a labelled answer may take before a fence asks for it.
    static let timeout = TimeAmount.seconds(15)
    /// An empty queue keeps its memory up to this number of lines.
    static let keptLines = 64
    /// How long a command may go unanswered.
    static let commandTimeout = TimeAmount.seconds(60)

    /// Appends a write effect for each line that may be written now, in order. Call `fenceLine` after it.
    mutating func release(now: NIODeadline, proof: Proof, into effects: inout Deque<IRCClient.Effect>) {
        let waiting = queue.count
        if waiting > 0, effects.isEmpty { effects.reserveCapacity(min(waiting, Outbox.keptLines) + 1) }
        while !queue.isEmpty, inFlight.count < Outbox.inFlightLimit, bucket?.take(now: now.uptimeNanoseconds) ?? true {
            let line = queue.removeFirst()
            round = line.round
            lastSequence += 1
            let label = proof == .label ? lastSequence : nil
            inFlight.append(
                InFlight(
                    request: line.request, sequence: lastSequence, label: label, proof: proof, written: now,
                    text: line.text))
            demand.add(line.request, proof, now: now)
            line.request.wasWritten = true
            effects.append(.write(label.map { line.line.labelled(Label(number: $0)) } ?? line.line))
            guard !line.followed.isEmpty else { continue }
            for line in line.followed { effects.append(.write(line)) }
            bucket?.charge(line.followed.count)
        }
        guard queue.isEmpty else { return }
        round = 0
        if waiting > Outbox.keptLines { queue = [] }
    }

    /// Takes a token of flood control for a line outside the queue. Returns false while other lines wait, or if there
    /// is no token.
    mutating func takeSpareToken(now: NIODeadline) -> Bool {
        queue.isEmpty && bucket?.take(now: now.uptimeNanoseconds) ?? true
    }

    /// Whether `takeSpareToken` would succeed.
    mutating func hasSpareToken(now: NIODeadline) -> Bool {
        queue.isEmpty && bucket?.timeUntilNext(now: now.uptimeNanoseconds) ?? .zero == .zero
    }

    /// Takes tokens of flood control for lines that are written already.
    mutating func charge(_ lines: Int, now: NIODeadline) {
        // `isFull` adds the tokens for the time that has passed. Otherwise they would be added after the charge.
        _ = bucket?.isFull(now: now.uptimeNanoseconds)
        bucket?.charge(lines)
    }

    /// Returns a fence (a PING) if one is due and none is on its way. Write it behind the lines of `release`.
    mutating func fenceLine(now: NIODeadline) -> OutboundLine? {
        guard fence == nil, demand.isDue(now: now) || isSomethingLate(now: now) else { return nil }
        demand = FenceDemand()
        lastFence += 1
        let token = "fence-" + String(lastFence)
        fence = Fence(token: token, covers: lastSequence, written: now)
        return OutboundLine(.ping, trailing: TrailingParameter(token))
    }

    /// Whether a line has waited longer than `timeout` for its proof. The first line in flight is the oldest.
    private func isSomethingLate(now: NIODeadline) -> Bool {
        guard let first = inFlight.first, now >= first.written + Outbox.timeout else { return false }
        return inFlight.contains {
            !$0.request.kind.needsEvent && now >= $0.written + Outbox.timeout
        }
    }

    /// When to call `release`, `fenceLine` and `expire` next, if no line of the server comes before. Nil if there is no
    /// deadline.
    mutating func nextWake(now: NIODeadline) -> NIODeadline? {
        var wake = NIODeadline.distantFuture
        func wakeAt(_ time: NIODeadline) { if time > now { wake = min(wake, time) } }
        if !queue.isEmpty, let wait = bucket?.timeUntilNext(now: now.uptimeNanoseconds) {
            wakeAt(now + TimeAmount(wait))
        }
        if let oldest = inFlight.first?.written {
            if fence == nil { wakeAt(oldest + Outbox.timeout) }
            if fence == nil, let oldest = demand.oldestPatient { wakeAt(oldest + FenceDemand.sharing) }
            wakeAt(oldest + Outbox.commandTimeout)
        }
        return wake == .distantFuture ? nil : wake
    }
}
