/// A request that reached a route of `WebhookListener`, complete.
package struct WebhookRequest: Sendable {
    package var method: HTTPMethod
    /// What follows the route's prefix in the path: empty, or begins with `/`. As sent, percent-encoded.
    package var path: String
    /// What follows the first `?`, as sent; nil when there is none. Signatures are made over exactly this text.
    package var rawQuery: String?
    /// In the order of the wire, names as the client wrote them.
    package var headers: [(String, String)]
    /// At most `WebhookLimits.bodyBytes`.
    package var body: [UInt8]
    /// The caller's address, without port: that of the peer of the TCP connection, or the one that a trusted proxy
    /// names.
    package var remoteAddress: String
    /// To be called when the caller has proved to be the provider: its address may use the listener's reserve of
    /// connections. From any thread.
    package var callerIsVerified: @Sendable () -> Void = {}

    package init(
        _ method: HTTPMethod, path: String = "", rawQuery: String? = nil, headers: [(String, String)] = [],
        body: [UInt8] = [], remoteAddress: String = "127.0.0.1"
    ) {
        self.method = method
        self.path = path
        self.rawQuery = rawQuery
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
    }

    /// The first header of that name, in any case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.0.lowercased() == wanted }?.1
    }
}
