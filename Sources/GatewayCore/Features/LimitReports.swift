import GatewayKit
import Logging
import XMPP

/// Tells the operator, by a counter and a log line, that users have reached their limits.
extension Switchboard {
    /// Counts a refusal, and names its user and limit in the log at most once a minute: a user can bring about many.
    func overLimit(_ limit: String, _ user: JID) {
        count(.overLimit)
        let now = world.now()
        if let last = lastLimitReport, now < last.advanced(by: .seconds(60)), last <= now { return }
        lastLimitReport = now
        log(
            .notice, "a user is over a limit; others within the next minute are only counted",
            ["limit": "limits.\(limit)", "user": "\(user.bare)"])
    }
}
