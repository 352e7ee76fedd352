/// The answer to an `HTTPRequest`, whatever its status.
package struct HTTPResponse: Sendable {
    /// 200 to 599; redirects are answers like others.
    package var status: Int
    /// In the order of the wire, names as the server wrote them.
    package var headers: [(String, String)]
    /// As sent, at most `HTTPClientLimits.responseBodyBytes`.
    package var body: [UInt8]

    package init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, in any case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.0.lowercased() == wanted }?.1
    }
}
