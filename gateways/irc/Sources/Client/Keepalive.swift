import NIOCore

/// Notices that a server has gone away without a word.
struct Keepalive: Sendable {
    enum Action { case ping, dead }

    /// Silence after which we ask.
    static let silence = TimeAmount.seconds(120)
    /// How long the answer may take.
    static let patience = TimeAmount.seconds(60)
    /// From the open socket to the end of the welcome text.
    static let registrationTimeout = TimeAmount.seconds(60)

    let opened: NIODeadline
    private var heard: NIODeadline
    private var asked: NIODeadline?

    init(opened: NIODeadline) {
        self.opened = opened
        heard = opened
    }

    mutating func heard(now: NIODeadline) {
        heard = now
        asked = nil
    }

    mutating func check(now: NIODeadline) -> Action? {
        if let asked { return now >= asked + Keepalive.patience ? .dead : nil }
        guard now >= heard + Keepalive.silence else { return nil }
        asked = now
        return .ping
    }

    var nextCheck: NIODeadline { asked.map { $0 + Keepalive.patience } ?? heard + Keepalive.silence }
}
