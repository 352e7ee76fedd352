/// The reason why a request has no answer. The case tells whether the server can have received the request.
///
/// A caller may send a request again that was certainly not sent. The server may have carried out a request with an
/// unknown outcome.
package enum HTTPFailure: Error, Hashable, Sendable {
    /// Not one byte of the request left this machine.
    case notSent(HTTPFailureReason)
    /// The server may have received the request and acted on it.
    case outcomeUnknown(HTTPFailureReason)

    package var reason: HTTPFailureReason {
        switch self {
        case .notSent(let reason), .outcomeUnknown(let reason): reason
        }
    }

    /// Whether the request can be sent again without the risk that the server carries it out twice.
    package var isSafeToRepeat: Bool {
        if case .notSent = self { true } else { false }
    }
}

/// The cause of a failure. It never holds an address, a header or a body.
package enum HTTPFailureReason: Hashable, Sendable {
    /// The request is not valid; the text is the reason.
    case invalidRequest(String)
    /// The host's name has no address.
    case unresolved
    /// Nothing listens at the address, or there is no route to it.
    case refused
    /// All addresses of the host are refused by `HTTPClientLimits.allowsAddress`, or cannot be reached.
    case addressNotAllowed
    /// No connection within `HTTPClientLimits.connectTimeout`.
    case connectTimeout
    /// The TLS handshake failed, or the certificate is not trusted; the text is the reason.
    case tls(String)
    /// `HTTPClient.cancel(_:)` was called.
    case cancelled
    /// Too many requests wait already, or this request has waited longer than `HTTPClientLimits.totalTimeout`.
    case overloaded
    /// `HTTPClient.shutdown()` was called.
    case shutDown
    /// No complete answer within `HTTPClientLimits.totalTimeout`.
    case timeout
    /// The connection broke before the answer was complete.
    case connectionLost
    /// The answer was not HTTP, or its headers exceeded a limit.
    case malformedAnswer
    /// The answer's body exceeded `HTTPClientLimits.responseBodyBytes`.
    case answerTooLarge
    /// Any other cause, with libcurl's error number and text.
    case other(Int, String)
}

extension HTTPFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notSent(let reason): "not sent: \(reason)"
        case .outcomeUnknown(let reason): "outcome unknown: \(reason)"
        }
    }
}

extension HTTPFailureReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidRequest(let words): words
        case .unresolved: "the host's name cannot be resolved"
        case .refused: "the connection was refused"
        case .addressNotAllowed: "connections to the host's address are not allowed"
        case .connectTimeout: "no connection within the time allowed"
        case .tls(let words): "no TLS connection (\(words))"
        case .cancelled: "cancelled"
        case .overloaded: "too many requests are waiting"
        case .shutDown: "the client was shut down"
        case .timeout: "no answer within the time allowed"
        case .connectionLost: "the connection broke before the answer was complete"
        case .malformedAnswer: "the answer is not valid HTTP"
        case .answerTooLarge: "the answer is too large"
        case .other(let code, let words): "\(words) (curl \(code))"
        }
    }
}
