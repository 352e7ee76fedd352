import GatewayCore
import Metrics

/// The core's counts as metrics, made once: an increment is then an atomic addition.
struct CoreCounters {
    private let counters: [Counted: Counter]
    private let unsent: Counter

    init(gateway: String) {
        let labels = [("gateway", gateway)]
        var counters: [Counted: Counter] = [:]
        for what in Counted.allCases {
            counters[what] = Counter(label: "martlet_\(what.metricName)_total", dimensions: labels)
        }
        self.counters = counters
        unsent = Counter(label: "martlet_stanzas_unsent_total", dimensions: labels)
    }

    func count(_ what: Counted) { counters[what]?.increment() }
    func countUnsent() { unsent.increment() }
}

extension Counted {
    fileprivate var metricName: String {
        switch self {
        case .messagesOut: "messages_out"
        case .messagesIn: "messages_in"
        case .messagesFailed: "messages_failed"
        case .duplicatesIn: "duplicates_in"
        case .stanzaErrors: "stanza_errors"
        case .stanzasIgnored: "stanzas_ignored"
        case .unmatchedReports: "unmatched_reports"
        case .notStored: "not_stored"
        }
    }
}
