import Basics
import Foundation
import GatewayKit
import GatewayTesting
import HTTP

@testable import SMSAdapter

/// Input: a call of our webhook listener, written like HTTP: `POST /cloud/inbound?ref=1`, headers, an empty line, the
/// body. With a `+` before the method, the target adds the correct proof (signature or token) of the account's
/// provider.
///
/// Rules: Every call is answered exactly once. No call without a proof is accepted. The sender of an accepted message
/// has an address to which a reply can be sent.
extension FuzzTarget {
    static let webhook = FuzzTarget(name: "webhook") { bytes in
        guard var call = CallText(bytes) else { return }
        if call.isProven { call.prove() }
        let gateway = PhoneGateway()
        let before = gateway.sink.events.count
        let replies = gateway.call(call.request)
        let events = gateway.sink.events.dropFirst(before)
        require(replies.count == 1, "\(replies.count) answers")
        guard let status = replies.first?.status else { return }
        require([200, 202, 204, 400, 403, 404, 405, 503].contains(status), "answered with \(status)")
        if !call.isProven { require(events.isEmpty && status >= 400, "taken without proof: \(events), \(status)") }
        if status >= 300 { require(events.isEmpty, "refused with \(status) and reported: \(events)") }
        for case .message(let message) in events { check(message, gateway.adapter.rules) }
    }

    private static func check(_ message: InboundMessage, _ rules: any NetworkRules) {
        guard case .peer(let peer) = message.origin else { return require(false, "no peer: \(message)") }
        let address = Address.peer(peer)
        let back = try? rules.address(localpart: rules.localpart(of: address))
        require(back == address, "the address \(peer.name) leads to \(String(describing: back))")
        require(!message.text.isEmpty, "a message without text")
        let id = message.id?.rawValue.utf8.count ?? 0
        require(id <= 2048 && peer.name.utf8.count <= 1023, "a name or id without bound")
    }
}

private struct CallText {
    let isProven: Bool
    private(set) var request: WebhookRequest

    init?(_ bytes: [UInt8]) {
        let (head, body) = FuzzInput(bytes: bytes).headAndBody
        guard var first = head.first.map({ $0[...] }) else { return nil }
        isProven = first.first == "+"
        if isProven { first = first.dropFirst() }
        let words = first.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard words.count == 2, let method = HTTPMethod(rawValue: words[0]) else { return nil }
        let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        request = WebhookRequest(
            method, path: target.first ?? "", rawQuery: target.count > 1 ? target[1] : nil,
            headers: head.dropFirst().map { line in
                let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                let value = sides.count > 1 ? String(sides[1]) : ""
                return (String(sides[0]), value.trimmingCharacters(in: .whitespaces))
            }, body: body)
    }

    mutating func prove() {
        switch request.path.split(separator: "/").first {
        case "cloud": signURL()
        case "phone": signBody()
        case "claims": signClaims()
        case "vonage": signFields()
        default:
            let query = request.rawQuery.map { "&" + $0 } ?? ""
            request.rawQuery = "token=" + PhoneGateway.secret + query
        }
    }

    private mutating func signBody() {
        let time = "\(PhoneGateway.now)"
        request.headers.removeAll { ["x-signature", "x-timestamp"].contains($0.0.lowercased()) }
        let code = SignatureDigest.sha256.authenticationCode(
            of: request.body + Array(time.utf8), key: Array(PhoneGateway.secret.utf8))
        request.headers += [("X-Signature", Hex.encode(code)), ("X-Timestamp", time)]
    }

    /// Makes a token whose claims are the body.
    private mutating func signClaims() {
        request.headers.removeAll { $0.0.lowercased() == "x-gwapi-signature" }
        let encode = { (bytes: [UInt8]) in
            Base64.encode(bytes).filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : String($0) }.joined()
        }
        let signed = encode(Array(#"{"alg":"HS256"}"#.utf8)) + "." + encode(request.body)
        let code = SignatureDigest.sha256.authenticationCode(
            of: Array(signed.utf8), key: Array(PhoneGateway.secret.utf8))
        request.headers.append(("X-Gwapi-Signature", signed + "." + encode(code)))
    }

    /// Signs the fields of the form, or of the query if there is no form.
    private mutating func signFields() {
        let isForm = !(FormFields(decoding: request.body)?.all ?? []).isEmpty
        let text = isForm ? request.body : Array((request.rawQuery ?? "").utf8)
        let more = "&timestamp=\(PhoneGateway.now)"
        guard let fields = FormFields(decoding: text + Array(more.utf8)) else { return }
        let signed = FieldsSignature.signed(fields.all.filter { $0.name != "sig" })
        let signature = more + "&sig=" + Hex.encode(FieldsSignature.code(signed, .sha256, PhoneGateway.secret))
        if isForm {
            request.body += Array(signature.utf8)
        } else {
            request.rawQuery = (request.rawQuery ?? "") + signature
        }
    }

    private mutating func signURL() {
        request.headers.removeAll { $0.0.lowercased().hasPrefix("x-twilio-signature") }
        let digest = request.header("X-Twilio-Webhooks-Signature-Settings")?.contains("SHA256") == true
        let url = "\(PhoneGateway.publicURL)/sms/sms.example" + request.path + (request.rawQuery.map { "?" + $0 } ?? "")
        let signature = SortedFormSignature.signature(
            Array(url.utf8) + signedFields, key: PhoneGateway.secret, digest ? .sha256 : .sha1)
        request.headers.append(("X-Twilio-Signature", signature))
    }

    /// The form's fields in the order of their names, each pair once (Twilio, "Validating requests").
    private var signedFields: [UInt8] {
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        for field in FormFields(decoding: request.body)?.all ?? [] {
            let name = Array(field.name.utf8)
            let isNew = !pairs.contains { $0.name == name && $0.value == field.bytes }
            if isNew { pairs.append((name, field.bytes)) }
        }
        pairs.sort { a, b in
            a.name == b.name
                ? a.value.lexicographicallyPrecedes(b.value) : a.name.lexicographicallyPrecedes(b.name)
        }
        return pairs.flatMap { $0.name + $0.value }
    }
}
