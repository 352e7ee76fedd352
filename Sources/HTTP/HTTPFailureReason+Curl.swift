import CCurl

extension HTTPFailureReason {
    /// - Parameters:
    ///   - isSent: whether the request was written to the network. A timeout before that is a timeout of the
    ///     connection.
    ///   - words: libcurl's own words, used for TLS only: they describe the fault of the certificate and hold no
    ///     address.
    init(_ code: CURLcode, isSent: Bool, words: String) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: self = .unresolved
        case CURLE_COULDNT_CONNECT: self = .refused
        case CURLE_OPERATION_TIMEDOUT: self = isSent ? .timeout : .connectTimeout
        case CURLE_URL_MALFORMAT,
            CURLE_UNSUPPORTED_PROTOCOL where !isSent:
            self = .invalidRequest("the address is not a valid http or https address")
        // After the request was sent, "unsupported protocol" means that the answer does not begin like HTTP.
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            self = .malformedAnswer
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_ABORTED_BY_CALLBACK:
            self = .connectionLost
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            self = .tls(words.isEmpty ? String(cString: ccurl_easy_strerror(code)) : words)
        default: self = .other(Int(code.rawValue), String(cString: ccurl_easy_strerror(code)))
        }
    }
}
