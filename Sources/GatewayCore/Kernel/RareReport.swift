import GatewayKit

/// Limits a report with many causes to one a minute.
struct RareReport {
    private var last: Timestamp?

    /// Whether the report is due now. If it is, the next one is due a minute later. A clock that is set back does not
    /// suppress reports.
    mutating func isDue(_ now: Timestamp) -> Bool {
        if let last, now < last.advanced(by: .seconds(60)), last <= now { return false }
        last = now
        return true
    }
}
