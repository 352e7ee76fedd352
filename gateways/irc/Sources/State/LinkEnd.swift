import GatewayKit

/// How a connection came to its end, and what follows from it.
struct LinkEnd: Equatable, Sendable {
    enum Cause: Sendable, Equatable {
        /// The connection broke or could not be made: try again.
        case broken
        /// We said QUIT.
        case finished
        /// The server wants us to come back later, not at once.
        case throttled
        case banned
        /// The nick is taken or not allowed: only another one helps.
        case nick
        /// The password: only another one helps.
        case login
        /// The server's certificate or our settings: only the operator can help.
        case misconfigured
    }

    let failure: Failure
    let cause: Cause

    /// Whether the same attempt may succeed without anybody changing anything.
    var mayPass: Bool {
        switch cause {
        case .broken, .throttled, .banned: true
        case .finished, .nick, .login, .misconfigured: false
        }
    }

    /// The least pause before the next attempt.
    var pause: Duration {
        switch cause {
        case .throttled: .seconds(120)
        case .banned: .seconds(1800)
        case .broken, .finished, .nick, .login, .misconfigured: .zero
        }
    }

    /// Reads the words of an ERROR line, which have no numbers.
    static func error(_ words: String, server: String) -> LinkEnd {
        let lower = words.lowercased()
        func says(_ parts: [String]) -> Bool { parts.contains { lower.contains($0) } }
        let text = "\(server) closed the connection: \(PlainText.of(words).clipped(toBytes: 300))"
        if says(["k-lined", "g-lined", "z-lined", "k:lined", "g:lined", "banned", "d-lined"]) {
            return LinkEnd(failure: Failure(.forbidden, text), cause: .banned)
        }
        if says(["throttle", "too fast", "too many", "try again later"]) {
            return LinkEnd(failure: Failure(.remoteDown, text), cause: .throttled)
        }
        return LinkEnd(failure: Failure(.remoteDown, text), cause: .broken)
    }
}
