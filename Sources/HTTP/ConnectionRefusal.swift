/// Why a connection was closed before its request was heard. The raw value is the label of the metric.
package enum ConnectionRefusal: String, Error, Sendable, CaseIterable {
    /// Its address has as many connections as one address may have.
    case address
    /// All connections are taken that this caller may have.
    case full
    /// It was waiting for a request, and a better caller needed its place.
    case evicted

    /// Words for the operator.
    var words: String {
        switch self {
        case .address: "too many connections from one address (http.connections-per-address)"
        case .full: "too many connections (http.connections)"
        case .evicted: "it was idle, and its place was needed"
        }
    }
}
