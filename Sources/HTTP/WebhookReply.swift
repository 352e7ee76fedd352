/// The answer of a handler.
package struct WebhookReply: Sendable, Hashable {
    /// 200 to 599; any other status is sent as 500.
    package var status: Int
    /// The value of `Content-Type`; nil sends no such header. Some providers want one even for an empty body.
    package var contentType: String?
    /// The body; it is not sent for `HEAD`.
    package var body: [UInt8]
    /// Further headers, by their names.
    package var headers: [String: String] = [:]
    /// The file that is sent in place of `body`, in pieces as the client reads them.
    package var file: WebhookFile?

    package init(status: Int, contentType: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    package init(status: Int, contentType: String = "text/plain; charset=utf-8", text: String) {
        self.init(status: status, contentType: contentType, body: Array(text.utf8))
    }
}

extension WebhookReply {
    static let badRequest = WebhookReply(status: 400, text: "bad request\n")
    static let notFound = WebhookReply(status: 404, text: "not found\n")
    static let methodNotAllowed = WebhookReply(status: 405, text: "method not allowed\n")
    static let requestTimeout = WebhookReply(status: 408, text: "the request took too long\n")
    static let contentTooLarge = WebhookReply(status: 413, text: "the body is too large\n")
    static let tooManyRequests = WebhookReply(status: 429, text: "too many requests at once from your address\n")
    static let full = WebhookReply(status: 503, text: "too many requests at once, try again\n")
    static let serviceUnavailable = WebhookReply(status: 503, text: "no answer in time, try again\n")
}
