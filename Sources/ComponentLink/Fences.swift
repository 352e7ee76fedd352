import NIOCore

/// Proofs asked for that the server has taken what was sent before, and the pings that carry them.
///
/// One ping is under way at a time; what is asked meanwhile waits for the next one, so that a busy link pays one ping
/// per round trip.
struct Fences {
    typealias Done = (Bool) -> Void

    private let prefix: String
    private var number = 0
    private var asked: [Done] = []
    private var carried: [Done] = []
    private var isPingDue = false
    /// When the ping under way was sent.
    private(set) var sent: NIODeadline?

    /// - Parameter nonce: different for every stream, so that a ping from an earlier one proves nothing.
    init(nonce: String) { prefix = "fence-\(nonce)-" }

    /// What was written until the next `takePing` is to be proved.
    mutating func ask(_ done: @escaping Done) { asked.append(done) }

    /// Sends a ping even if no proof is wanted.
    mutating func askForPing() { isPingDue = true }

    /// The id of a ping to write behind everything else, or nil if none is wanted now.
    mutating func takePing(now: NIODeadline) -> String? {
        guard sent == nil, isPingDue || !asked.isEmpty else { return nil }
        number += 1
        (carried, asked) = (asked, [])
        isPingDue = false
        sent = now
        return prefix + String(number)
    }

    /// Whom to tell that the server has taken everything up to that ping; nil if it is not the one under way.
    mutating func returned(_ id: String) -> [Done]? {
        guard sent != nil, id == prefix + String(number) else { return nil }
        let done = carried
        carried = []
        sent = nil
        return done
    }

    /// The ping under way counts as sent now, because its return could not be seen.
    mutating func excuse(_ now: NIODeadline) {
        if sent != nil { sent = now }
    }

    /// Whom to tell that there will be no proof.
    mutating func fail() -> [Done] {
        let lost = carried + asked
        (carried, asked, sent, isPingDue) = ([], [], nil, false)
        return lost
    }
}
