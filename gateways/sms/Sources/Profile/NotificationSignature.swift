import Basics
import Crypto
import CryptoExtras
import Foundation
import GatewayKit
import NIOSSL

/// The signature of Amazon's notification service
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>): RSA over some members of the
/// body. The body names the address of the certificate.
///
/// Everybody can make a topic that is signed with the same certificates. So the topic must be one of the operator's.
struct NotificationSignature: Sendable {
    /// The topics of the operator.
    let topics: [Template]

    /// The greatest age in seconds. The service repeats a notification for some hours, with the time of the first try.
    private static let window = 86_400.0
    private static let longestCertificate = 65_536
    /// The possible lengths of an RSA signature, in bytes: 2,048 to 8,192 bits.
    private static let longestSignature = 256...1_024
    /// The members that the signature of a notification covers, in this order.
    private static let notified = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    /// The members that the signature of all other calls covers, in this order.
    private static let asked = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]

    /// Whether everything about the call is right that can be checked without its certificate. Check that before a
    /// certificate is fetched for the call.
    func mayHold(for call: WebhookCall, topics: [String]) -> Bool {
        guard let body = Self.body(of: call), let claim = claim(of: body, topics: topics, now: call.now) else {
            return false
        }
        return Self.longestSignature.contains(claim.signature.count) && ["1", "2"].contains(claim.version)
            && Self.isCertificate(body.value(at: ["SigningCertURL"])?.scalar ?? "", ofRegionIn: claim.topic)
    }

    /// The parts of a body that the signature is about.
    private struct Claim {
        let topic: String
        let type: String
        let version: String?
        let signature: Data
    }

    /// The claim of a body; nil if the topic is none of the operator's, or if the time is too far from now.
    private func claim(of body: JSONValue, topics: [String], now: Double) -> Claim? {
        func member(_ name: String) -> String? { body.value(at: [name])?.scalar }
        guard let topic = member("TopicArn"), topics.contains(topic), let type = member("Type"),
            let time = member("Timestamp").flatMap({ DateTime.parse($0) }), abs(now - time) <= Self.window,
            let signature = member("Signature").flatMap({ Data(base64Encoded: $0) })
        else { return nil }
        return Claim(topic: topic, type: type, version: member("SignatureVersion"), signature: signature)
    }

    /// The address of the certificate that a call names; nil if it is no such address of the service.
    func certificateURL(of call: WebhookCall) -> String? {
        Self.body(of: call)?.value(at: ["SigningCertURL"])?.scalar.flatMap { Self.isCertificate($0) ? $0 : nil }
    }

    /// Whether the call has a valid signature of a topic of the operator.
    ///
    /// - Parameter certificate: the certificate of `certificateURL(of:)`, in PEM.
    func holds(for call: WebhookCall, topics: [String], certificate: [UInt8]) -> Bool {
        guard let body = Self.body(of: call), let claim = claim(of: body, topics: topics, now: call.now) else {
            return false
        }
        let names = claim.type == "Notification" ? Self.notified : Self.asked
        let text = names.compactMap { name in body.value(at: [name])?.scalar.map { "\(name)\n\($0)\n" } }.joined()
        return Self.holds(claim.signature, over: Array(text.utf8), claim.version, certificate, now: call.now)
    }

    /// The address that confirms a subscription; nil if the call asks for no confirmation. Only for calls whose
    /// signature holds.
    func confirmation(of call: WebhookCall) -> String? {
        guard let body = Self.body(of: call), body.value(at: ["Type"])?.scalar == "SubscriptionConfirmation",
            let url = body.value(at: ["SubscribeURL"])?.scalar, Self.path(of: url)?.hasPrefix("/?") == true
        else { return nil }
        return url
    }

    private static func body(of call: WebhookCall) -> JSONValue? { try? JSONReader.read(call.received.body) }

    /// Whether an address is that of a certificate of the region that a topic names (`arn:aws:sns:REGION:…`). Amazon
    /// signs with the certificates of the topic's region.
    private static func isCertificate(_ url: String, ofRegionIn topic: String) -> Bool {
        let parts = topic.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 3 && isCertificate(url) && url.hasPrefix("https://sns.\(parts[3]).")
    }

    private static func isCertificate(_ url: String) -> Bool {
        guard let path = path(of: url), path.hasPrefix("/SimpleNotificationService-"), path.hasSuffix(".pem") else {
            return false
        }
        return path.dropFirst(27).dropLast(4).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    /// The path and the query of an address of the service; nil if the address is not at its host.
    private static func path(of url: String) -> String? {
        guard url.utf8.count <= 2_048, url.hasPrefix("https://sns.") else { return nil }
        let rest = url.dropFirst(12)
        let host = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") }
        let ends = [".amazonaws.com", ".amazonaws.com.cn"]
        guard let end = ends.first(where: host.hasSuffix), isRegion(host.dropLast(end.count)) else { return nil }
        let path = rest.dropFirst(host.count)
        return path.hasPrefix("/") ? String(path) : nil
    }

    /// Whether a text has the form of a region, such as `us-gov-west-1`. Under other names, such as `s3-us-west-2`, the
    /// host can be a store whose files somebody else writes.
    private static func isRegion(_ text: Substring) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (3...5).contains(parts.count), let last = parts.last, last.utf8.count == 1, last.isASCIIDigits else {
            return false
        }
        return parts[0].utf8.count == 2
            && parts.dropLast().allSatisfy { $0.utf8.allSatisfy(\.isASCIILetter) && !$0.isEmpty }
    }

    private static func holds(
        _ signature: Data, over text: [UInt8], _ version: String?, _ certificate: [UInt8], now: Double
    ) -> Bool {
        guard certificate.count <= longestCertificate,
            let certificate = try? NIOSSLCertificate(bytes: certificate, format: .pem),
            Double(certificate.notValidBefore) <= now, now <= Double(certificate.notValidAfter),
            let bytes = try? certificate.extractPublicKey().toSPKIBytes(),
            let key = try? _RSA.Signing.PublicKey(derRepresentation: bytes)
        else { return false }
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        switch version {
        case "1":
            return key.isValidSignature(
                signature, for: Insecure.SHA1.hash(data: text), padding: .insecurePKCS1v1_5)
        case "2":
            return key.isValidSignature(signature, for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5)
        default: return false
        }
    }
}
