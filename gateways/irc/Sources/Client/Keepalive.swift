import NIOCore

/// Finds out that a server has stopped answering, by a PING after a time of silence.
struct Keepalive: Sendable {
    /// The action that is due: send a PING, or end the connection because the server does not answer.
    enum Action { case ping, dead }

    /// The silence after which a PING is sent.
    static let silence = TimeAmount.seconds(120)
    /// How long the answer to that PING may take.
    static let timeout = TimeAmount.seconds(60)
    /// The longest time from the open socket to the end of the welcome text.
    static let registrationTimeout = TimeAmount.seconds(60)

    let opened: NIODeadline
    private var heard: NIODeadline
    private var asked: NIODeadline?

    init(opened: NIODeadline) {
        self.opened = opened
        heard = opened
    }

    /// Notes that the server has sent a line.
    mutating func heard(now: NIODeadline) {
        heard = now
        asked = nil
    }

    /// Returns `.ping` when a PING is due, `.dead` when its answer is overdue, and otherwise nil.
    mutating func check(now: NIODeadline) -> Action? {
        if let asked { return now >= asked + Keepalive.timeout ? .dead : nil }
        guard now >= heard + Keepalive.silence else { return nil }
        asked = now
        return .ping
    }

    /// When `check` has to be called next.
    var nextCheck: NIODeadline { asked.map { $0 + Keepalive.timeout } ?? heard + Keepalive.silence }
}
