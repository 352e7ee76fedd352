import GatewayKit
import NIOCore
import Networking

extension Outbox {
    /// How long an echo or a labelled answer may take before a fence asks for it.
    static let patience = TimeAmount.seconds(15)
    /// How long the fence of patient lines may wait for others to share it, and how many at most.
    static let sharing = TimeAmount.seconds(1)
    static let sharingLimit = 32
    /// How long a command may go unanswered.
    static let commandTimeout = TimeAmount.seconds(60)

    /// Writes the lines that may be written now, in order. Call `fenceLine` after it.
    mutating func release(now: NIODeadline, proof: Proof, into effects: inout [IRCClient.Effect]) {
        var released = 0
        while released < queue.count, inFlight.count < Outbox.inFlightLimit, bucket?.take(now: now) ?? true {
            let line = queue[released]
            released += 1
            lastSequence += 1
            let label = proof == .label ? lastSequence : nil
            inFlight.append(
                InFlight(line: line, sequence: lastSequence, label: label, proof: proof, written: now))
            open[line.ticket]?.wasWritten = true
            effects.append(.write(label.map { line.line.labelled(Label(number: $0)) } ?? line.line))
        }
        if released == queue.count { queue = [] } else { queue.removeFirst(released) }
    }

    /// A token for a line that nobody waits for; false while other lines wait.
    mutating func takeSpareToken(now: NIODeadline) -> Bool { queue.isEmpty && bucket?.take(now: now) ?? true }

    /// A PING, if lines wait for one and none is on its way. Write it behind the lines that `release` gave.
    mutating func fenceLine(now: NIODeadline) -> OutboundLine? {
        guard fence == nil, isFenceDue(now: now) else { return nil }
        lastFence += 1
        let token = "fence-" + String(lastFence)
        fence = Fence(token: token, covers: lastSequence, written: now)
        return OutboundLine(.ping, trailing: Trailing(token))
    }

    private func isFenceDue(now: NIODeadline) -> Bool {
        var patient = 0
        for entry in inFlight {
            if needsFence(entry, now: now) { return true }
            if entry.line.isPatient, entry.proof == .fence { patient += 1 }
        }
        return patient >= Outbox.sharingLimit
    }

    private func needsFence(_ entry: InFlight, now: NIODeadline) -> Bool {
        switch (entry.line.kind, entry.proof) {
        case (.message, .fence) where entry.line.isPatient: now >= entry.written + Outbox.sharing
        case (.message, .fence), (.topic, .fence), (.topic, .echo), (.part, .fence), (.part, .echo): true
        case (.message, _), (.topic, _), (.part, _): now >= entry.written + Outbox.patience
        default: false
        }
    }

    /// When `release`, `fenceLine` or `expire` will have something to do without any line from the server.
    mutating func nextWake(now: NIODeadline) -> NIODeadline? {
        var wake = NIODeadline.distantFuture
        func wakeAt(_ time: NIODeadline) { if time > now { wake = min(wake, time) } }
        if !queue.isEmpty, let wait = bucket?.timeUntilNext(now: now) { wakeAt(now + TimeAmount(wait)) }
        if let oldest = inFlight.first?.written {
            if fence == nil { wakeAt(oldest + Outbox.patience) }
            if fence == nil, let patient = inFlight.first(where: { $0.line.isPatient && $0.proof == .fence }) {
                wakeAt(patient.written + Outbox.sharing)
            }
            wakeAt(oldest + Outbox.commandTimeout)
        }
        return wake == .distantFuture ? nil : wake
    }
}
