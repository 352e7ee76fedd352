import GatewayCore
import Metrics

/// The counters of one gateway's core, as metrics. They are created once, so that counting is only an atomic addition.
struct CoreCounters {
    /// The counters, at the index of the raw value of `Counted`. Every message counts, and an index is fast.
    private let counters: [Counter]
    private let unsent: Counter

    init(gateway: String) {
        let labels = [("gateway", gateway)]
        counters = Counted.allCases.map { Counter(label: "martlet_\($0.metricName)_total", dimensions: labels) }
        unsent = Counter(label: "martlet_stanzas_unsent_total", dimensions: labels)
    }

    func count(_ what: Counted) { counters[what.rawValue].increment() }
    /// Counts a stanza that the stream did not take.
    func countUnsent() { unsent.increment() }
}

extension Counted {
    fileprivate var metricName: String {
        switch self {
        case .messagesOut: "messages_out"
        case .messagesIn: "messages_in"
        case .messagesFailed: "messages_failed"
        case .duplicatesIn: "duplicates_in"
        case .repeatsOut: "repeats_out"
        case .messagesBlocked: "messages_blocked"
        case .messagesGivenUp: "messages_given_up"
        case .stanzaErrors: "stanza_errors"
        case .stanzasIgnored: "stanzas_ignored"
        case .unmatchedReports: "unmatched_reports"
        case .notStored: "not_stored"
        case .overLimit: "over_limit"
        case .messagesDropped: "messages_dropped"
        }
    }
}
