import Crypto
import Foundation

/// A call as SMSGate makes it when a phone has received a message: JSON, and an HMAC-SHA256 over body and time.
package struct SignedCall: Sendable {
    /// The request as it is written to the socket.
    package let request: String

    /// - Parameters:
    ///   - domain: the gateway's domain.
    ///   - time: the time of the signature in seconds since 1970.
    ///   - forged: a body that is sent in place of the signed one.
    package init(
        domain: String, from sender: String, text: String, id: String, key: String = Numbers.token,
        time: Int = Int(Date().timeIntervalSince1970), forged: ((String) -> String)? = nil
    ) {
        let message = #"{"message":"\#(text)","phoneNumber":"\#(sender)","receivedAt":"2026-01-01T12:00:00.\#(id)Z"}"#
        let signed = #"{"event":"sms:received","id":"\#(id)","payload":\#(message)}"#
        let code = HMAC<SHA256>.authenticationCode(
            for: Data((signed + "\(time)").utf8), using: SymmetricKey(data: Data(key.utf8)))
        let signature = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let body = forged?(signed) ?? signed
        request = [
            "POST /sms/\(domain)/signed/events HTTP/1.1", "Host: gw.example.org", "Content-Type: application/json",
            "X-Signature: \(signature)", "X-Timestamp: \(time)", "Content-Length: \(body.utf8.count)",
            "Connection: close", "", body,
        ].joined(separator: "\r\n")
    }
}
