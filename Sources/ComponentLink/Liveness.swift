import NIOCore

/// Decides when a quiet server gets a ping, and when the link counts as dead.
///
/// After `keepalive` without a byte the server gets a ping, and then whitespace (RFC 6120 §4.6.1) once per
/// `keepalive`. If nothing has come within `silence` after the ping, the link is dead.
struct Liveness {
    enum Verdict: Equatable { case fine, ping, whitespace, dead }

    private let keepalive: TimeAmount
    private let silence: TimeAmount
    private var heard: NIODeadline
    private var asked: NIODeadline?

    init(keepalive: Duration, silence: Duration, now: NIODeadline) {
        self.keepalive = TimeAmount(keepalive)
        self.silence = TimeAmount(silence)
        heard = now
    }

    /// Notes a sign of life: the server has sent bytes, or has taken bytes of ours.
    mutating func heardFromServer(_ now: NIODeadline) {
        heard = now
        asked = nil
    }

    /// Decides what to send. Call it once per `keepalive`, and send a ping if it returns `ping`.
    mutating func tick(_ now: NIODeadline) -> Verdict {
        guard now - heard >= keepalive else { return .fine }
        guard let asked else {
            self.asked = now
            return .ping
        }
        return now - asked >= silence ? .dead : .whitespace
    }
}
