import NIOCore

/// Keeps the callbacks that wait for proof that the server has taken everything sent before, and decides when a ping
/// goes out to carry a proof.
///
/// One ping is under way at a time. Proofs asked for meanwhile wait for the next ping, so that a busy link sends one
/// ping per round trip.
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

    /// Asks for proof of everything that is written before the next `takePing`.
    mutating func ask(_ done: @escaping Done) { asked.append(done) }

    /// Makes a ping due even if no proof is asked for. It shows whether the server still answers.
    mutating func askForPing() { isPingDue = true }

    /// The id of a ping to write behind everything else; nil if no ping is due.
    mutating func takePing(now: NIODeadline) -> String? {
        guard sent == nil, isPingDue || !asked.isEmpty else { return nil }
        number += 1
        (carried, asked) = (asked, [])
        isPingDue = false
        sent = now
        return prefix + String(number)
    }

    /// The callbacks of the ping that has come back, for which everything before it is proven; nil if the id is not
    /// that of the ping under way.
    mutating func returned(_ id: String) -> [Done]? {
        guard sent != nil, id == prefix + String(number) else { return nil }
        let done = carried
        carried = []
        sent = nil
        return done
    }

    /// Counts the ping under way as sent now. Call it while reading is paused, because its return is not seen then.
    mutating func restartPingTimer(_ now: NIODeadline) {
        if sent != nil { sent = now }
    }

    /// Removes and returns all callbacks, because no proof will come.
    mutating func fail() -> [Done] {
        let lost = carried + asked
        (carried, asked, sent, isPingDue) = ([], [], nil, false)
        return lost
    }
}
