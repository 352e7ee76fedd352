import GatewayKit

/// The end of a connection: its cause, the failure to report, and whether and when to try again.
struct LinkEnd: Equatable, Sendable {
    /// The cause of the end. It decides whether and when to try again.
    enum Cause: Sendable, Equatable {
        /// The connection broke or could not be made. A new attempt may succeed.
        case broken
        /// We sent QUIT.
        case finished
        /// The server asks for a pause before the next attempt.
        case throttled
        case banned
        /// An operator of the network has ended our connection (KILL). Only a request of the user connects again.
        case killed
        /// The nick is taken or not allowed. The user must choose another one.
        case nick
        /// The password is missing or wrong. The user must give another one.
        case login
        /// The server demands TLS, on this port.
        case tlsDemanded(port: Int)
        /// The server's certificate or our settings are wrong. Only the operator can mend that.
        case misconfigured
    }

    let failure: Failure
    let cause: Cause

    /// Whether the same attempt may succeed later without a change of the settings.
    var isTemporary: Bool {
        switch cause {
        case .broken, .throttled, .banned, .tlsDemanded: true
        case .finished, .killed, .nick, .login, .misconfigured: false
        }
    }

    /// The least pause before the next attempt.
    var pause: Duration {
        switch cause {
        case .throttled: .seconds(120)
        case .banned: .seconds(1800)
        case .broken, .finished, .killed, .nick, .login, .tlsDemanded, .misconfigured: .zero
        }
    }

    /// The words of servers for a ban of the user, the address or the whole gateway.
    private static let banWords =
        ["k", "g", "z", "d"].flatMap { ["\($0)-line", "\($0):line", "\($0)lined"] } + ["banned", "akill", "autokill"]

    /// The words of servers that refuse the server password without a numeric (464).
    private static let badPasswords = ["bad password", "invalid password", "password mismatch", "password incorrect"]

    /// Finds the cause in the text of an ERROR line, which has no numeric.
    static func error(_ words: String, server: String) -> LinkEnd {
        let lower = words.lowercased()
        func says(_ parts: [String]) -> Bool { parts.contains { lower.contains($0) } }
        let text = "\(server) closed the connection: \(PlainText.withoutFormatting(words).clipped(toBytes: 300))"
        if says(banWords) { return LinkEnd(failure: Failure(.forbidden, text), cause: .banned) }
        if says(["(killed", "[killed", "killed ("]) || lower.hasPrefix("killed") {
            return LinkEnd(failure: Failure(.forbidden, text), cause: .killed)
        }
        if says(["throttle", "too fast", "too many", "try again later", "no more connections"]) {
            return LinkEnd(failure: Failure(.remoteDown, text), cause: .throttled)
        }
        if says(["sasl access only", "sasl required", "sasl authentication required"] + badPasswords) {
            return LinkEnd(failure: Failure(.notAuthorized, text), cause: .login)
        }
        return LinkEnd(failure: Failure(.remoteDown, text), cause: .broken)
    }
}
