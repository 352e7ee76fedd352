/// A complete request that matched a route of `WebhookListener`.
package struct WebhookRequest: Sendable {
    package var method: HTTPMethod
    /// The part of the path behind the route's prefix: empty, or beginning with `/`. As sent, percent-encoded.
    package var path: String
    /// The text behind the first `?`, as sent; nil if there is no `?`. Signatures cover exactly this text.
    package var rawQuery: String?
    /// Headers in the order of the wire, with the names as the client wrote them.
    package var headers: [(String, String)]
    /// The body, at most `WebhookLimits.bodyBytes`.
    package var body: [UInt8]
    /// The caller's address, without port: that of the peer of the TCP connection, or the one that a trusted proxy
    /// names.
    package var remoteAddress: String
    /// Call it when the caller has proved to be the provider: from then on the caller's address may use the listener's
    /// reserve of connections. Call it from any thread.
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

    /// The first header of that name; upper and lower case are the same.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.0.lowercased() == wanted }?.1
    }
}
