import Basics
import Crypto
import Foundation
import HTTP

/// The signature of Azure Communication Services with an access key
/// (<https://learn.microsoft.com/rest/api/communication/authentication>).
enum AzureSignature {
    /// The request with its signature, as in `RequestSignature.sign`.
    ///
    /// - Parameter key: the access key in base64.
    static func sign(_ request: HTTPRequest, key: String, now: Double) -> HTTPRequest {
        let address = SignedAddress(request.url)
        let date = Self.date(now)
        let hash = Data(SHA256.hash(data: request.body ?? [])).base64EncodedString()
        let target = address.path + (address.query.isEmpty ? "" : "?" + address.query)
        let text = "\(request.method.rawValue)\n\(target)\n\(date);\(address.host);\(hash)"
        let secret = SymmetricKey(data: Data(base64Encoded: key) ?? Data())
        let signature = Data(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: secret))
            .base64EncodedString()
        var signed = request
        signed.headers += [
            ("x-ms-date", date), ("x-ms-content-sha256", hash),
            (
                "Authorization",
                "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=\(signature)"
            ),
        ]
        return signed
    }

    /// A date such as `Tue, 01 Dec 2026 12:34:56 GMT` (RFC 9110 §5.6.7).
    private static func date(_ now: Double) -> String {
        let time = CivilTime(secondsSince1970: Int(now))
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let date = time.date
        return "\(days[date.weekday]), \(date.day.padded(to: 2)) \(months[date.month - 1]) \(date.year.padded(to: 4))"
            + " \(time.timeOfDay) GMT"
    }
}
