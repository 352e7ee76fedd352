import NIOCore

/// The attempts to get the wanted nick back after a reconnect has found it taken. Most often our own lost connection
/// still has it, because a server may keep such a connection for minutes.
struct NickRegain: Sendable {
    /// The pauses before the attempts. An attempt is also made when the nick is seen to become free.
    static let pauses: [TimeAmount] = [.seconds(30), .seconds(60), .seconds(60), .seconds(120), .seconds(240)]

    let nick: String
    private(set) var next: NIODeadline
    private var attempts = 0

    init(_ nick: String, now: NIODeadline) {
        self.nick = nick
        next = now + NickRegain.pauses[0]
    }

    /// Notes an attempt. Returns false if it was the last one.
    mutating func attempted(now: NIODeadline) -> Bool {
        attempts += 1
        guard attempts < NickRegain.pauses.count else { return false }
        next = now + NickRegain.pauses[attempts]
        return true
    }
}
