import Foundation
import NIOHTTP1

extension HTTPResponseHead {
    /// Makes the head of a reply. The length is always known, so the reply is never chunked.
    init(_ reply: WebhookReply, _ terms: WebhookExchange.Terms) {
        let status = (200..<600).contains(reply.status) ? reply.status : 500
        var fields: [(String, String)] = [
            ("Date", HTTPDate.string(secondsSinceEpoch: time(nil))),
            ("Content-Length", "\(reply.body.count)"),
        ]
        if let type = reply.contentType, type.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) {
            fields.append(("Content-Type", type))
        }
        if let allow = terms.allow {
            fields.append(("Allow", allow.map(\.rawValue).sorted().joined(separator: ", ")))
        }
        if terms.isLast { fields.append(("Connection", "close")) }
        self.init(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: HTTPHeaders(fields))
    }
}

/// `IMF-fixdate`, the date format of HTTP (RFC 9110 §5.6.7).
enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func string(secondsSinceEpoch: Int) -> String {
        var seconds = time_t(secondsSinceEpoch)
        var utc = tm()
        gmtime_r(&seconds, &utc)
        let clock = [utc.tm_hour, utc.tm_min, utc.tm_sec].map(twoDigits).joined(separator: ":")
        let month = months[Int(utc.tm_mon)]
        return "\(days[Int(utc.tm_wday)]), \(twoDigits(utc.tm_mday)) \(month) \(utc.tm_year + 1900) \(clock) GMT"
    }

    private static func twoDigits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
