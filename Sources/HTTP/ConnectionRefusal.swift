/// Why the listener refused a connection or a request. The raw value is the label of the metric.
package enum ConnectionRefusal: String, Error, Sendable, CaseIterable {
    /// The caller's address already has as many connections as one address may have.
    case address
    /// All connections that this caller may use are taken.
    case full
    /// The connection was idle, and a verified caller, or an address with fewer connections, needed its place.
    case evicted

    /// A text for the operator.
    var words: String {
        switch self {
        case .address: "too many connections from one address (http.connections-per-address)"
        case .full: "too many connections (http.connections)"
        case .evicted: "it was idle, and its place was needed"
        }
    }
}
