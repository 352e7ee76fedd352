/// Why there is no answer, and above all whether the server can have got the request.
///
/// The difference decides about a second try: a request that was certainly not sent may be sent again; one whose
/// outcome is unknown may have been carried out.
package enum HTTPFailure: Error, Hashable, Sendable {
    /// Not one byte of the request left this machine.
    case notSent(HTTPFailureReason)
    /// The server may have got the request and acted on it.
    case outcomeUnknown(HTTPFailureReason)

    package var reason: HTTPFailureReason {
        switch self {
        case .notSent(let reason), .outcomeUnknown(let reason): reason
        }
    }

    /// Whether sending it again cannot do anything twice.
    package var isSafeToRepeat: Bool {
        if case .notSent = self { true } else { false }
    }
}

/// What went wrong. Never holds an address, a header or a body.
package enum HTTPFailureReason: Hashable, Sendable {
    /// The request could not be put on the wire as it was; in words.
    case invalidRequest(String)
    /// The host's name has no address.
    case unresolved
    /// Nobody listens there, or there is no way there.
    case refused
    /// No connection within `HTTPClientLimits.connectTimeout`.
    case connectTimeout
    /// TLS handshake failed or the certificate is not trusted; in words.
    case tls(String)
    /// `HTTPClient.cancel(_:)` was called.
    case cancelled
    /// Too many requests wait already, or this one waited longer than `HTTPClientLimits.totalTimeout`.
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
    /// Anything else, with libcurl's number and words.
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
