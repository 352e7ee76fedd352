/// The methods that the client sends and the listener accepts (RFC 9110 §9.3, RFC 5789). The raw value is the word on
/// the wire.
package enum HTTPMethod: String, Hashable, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}
