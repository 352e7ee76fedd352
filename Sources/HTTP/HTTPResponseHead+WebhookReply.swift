import Basics
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
        let time = CivilTime(secondsSince1970: secondsSinceEpoch)
        let (date, month) = (time.date, months[time.date.month - 1])
        return
            "\(days[date.weekday]), \(date.day.padded(to: 2)) \(month) \(date.year.padded(to: 4)) \(time.timeOfDay) GMT"
    }
}
