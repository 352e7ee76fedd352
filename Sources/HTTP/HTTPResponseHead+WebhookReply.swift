import Basics
import Foundation
import NIOHTTP1

extension HTTPResponseHead {
    /// Makes the head of a reply. The length is always known, so the reply is never chunked.
    init(_ reply: WebhookReply, _ terms: WebhookExchange.Terms) {
        let status = (200..<600).contains(reply.status) ? reply.status : 500
        var fields: [(String, String)] = [
            ("Date", HTTPDate.string(secondsSinceEpoch: time(nil))),
            ("Content-Length", "\(reply.file?.size ?? reply.body.count)"),
        ]
        if let type = reply.contentType, type.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) {
            fields.append(("Content-Type", type))
        }
        for (name, value) in reply.headers.sorted(by: { $0.key < $1.key }) { fields.append((name, value)) }
        if let allow = terms.allow {
            fields.append(("Allow", allow.map(\.rawValue).sorted().joined(separator: ", ")))
        }
        if terms.isLast { fields.append(("Connection", "close")) }
        self.init(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: HTTPHeaders(fields))
    }
}
