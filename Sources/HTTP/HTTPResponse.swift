/// The answer to an `HTTPRequest`, whatever its status.
package struct HTTPResponse: Sendable {
    /// 200 to 599. A redirect is an answer like any other.
    package var status: Int
    /// Headers in the order of the wire, with the names as the server wrote them.
    package var headers: [(String, String)]
    /// The body as the server sent it, at most `HTTPClientLimits.responseBodyBytes`.
    package var body: [UInt8]

    package init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name; upper and lower case are the same.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.0.lowercased() == wanted }?.1
    }
}
