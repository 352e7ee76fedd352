/// One request that `HTTPClient` sends.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    /// The absolute address, `http` or `https`, percent-encoded. It is never logged, because queries hold passwords.
    package var url: String
    /// Headers, sent in this order and with these names. `Host`, `Content-Length`, `Transfer-Encoding` and
    /// `Connection` are refused.
    package var headers: [(String, String)]
    /// The body; nil sends none (`POST`, `PUT` and `PATCH` then send an empty body).
    package var body: [UInt8]?

    package init(
        _ method: HTTPMethod = .get, url: String, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

extension HTTPRequest {
    /// The reason why the request cannot be sent, as a text for the operator; nil if it can be sent.
    ///
    /// Headers and URLs contain values from users. A line break in such a value must not begin a new header (RFC 9112
    /// §11.1).
    var defect: String? {
        let lowercased = url.prefix(8).lowercased()
        guard lowercased.hasPrefix("http://") || lowercased.hasPrefix("https://") else {
            return "the address is neither http nor https"
        }
        guard url.utf8.count <= 16_384 else { return "the address is longer than 16384 bytes" }
        guard url.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            return "the address has a character that must be percent-encoded"
        }
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte) else { return "a header name is not a token" }
            guard !Self.reservedHeaders.contains(name.lowercased()) else { return "the header \(name) is set by us" }
            guard value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7f) }) else {
                return "the header \(name) has a control character"
            }
        }
        return nil
    }

    /// These headers decide where the request ends (RFC 9112 §6), or which server answers it.
    private static let reservedHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer",
    ]

    /// `tchar` of RFC 9110 §5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
