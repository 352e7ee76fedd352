import Basics
import Crypto
import Foundation
import GatewayKit
import HTTP

/// One proof that a webhook call comes from the provider. A hook may ask for several; all must hold.
indirect enum Verification: Sendable {
    /// A value of the call equals one of our keys.
    case sharedSecret(Selector, keys: [Template])
    /// The user and the password of HTTP's Basic authentication (RFC 7617).
    case basic(user: Template, password: Template)
    /// The caller's address is in one of these ranges (`192.0.2.0/24`, separated by commas or spaces). This proof is
    /// an addition only: behind a proxy that `http.trusted-proxies` does not name, every caller has the proxy's
    /// address. It holds if no range is given.
    case addresses([Template])
    case sortedForm(SortedFormSignature)
    case text(TextSignature)
    case nonce(NonceSignature)
    case fields(FieldsSignature)
    case token(TokenProof)
    case notification(NotificationSignature)
    /// At least one of these holds.
    case any([Verification])

    /// The proof; nil if the call does not have it.
    func proof(for call: WebhookCall, _ values: TemplateValues) -> Proof? {
        switch self {
        case .sharedSecret(let selector, let keys):
            guard let given = selector.value(in: call.received), !given.isEmpty else { return nil }
            return Self.filled(keys, values).contains { Self.equal($0, given) } ? Proof() : nil
        case .basic(let user, let password):
            let (user, password) = (user.text(values), password.text(values))
            guard !password.isEmpty, let given = call.received.header("Authorization") else { return nil }
            let right = Base64.encode(Array("\(user):\(password)".utf8))
            guard given.prefix(6).lowercased() == "basic " else { return nil }
            return Self.equal(given.dropFirst(6).trimmed, right) ? Proof() : nil
        case .addresses(let templates): return Self.isCaller(call, in: Self.filled(templates, values)) ? Proof() : nil
        case .sortedForm(let rule):
            return rule.holds(for: call, keys: Self.filled(rule.keys, values)) ? Proof() : nil
        case .text(let rule): return rule.proof(for: call, keys: Self.filled(rule.keys, values))
        case .nonce(let rule): return rule.proof(for: call, keys: Self.filled(rule.keys, values))
        case .fields(let rule): return rule.proof(for: call, keys: Self.filled(rule.keys, values))
        case .token(let rule): return rule.proof(for: call, keys: Self.filled(rule.keys, values))
        case .notification(let rule):
            guard let url = rule.certificateURL(of: call), let certificate = call.certificate(url),
                rule.holds(for: call, topics: Self.filled(rule.topics, values), certificate: certificate)
            else { return nil }
            return Proof(confirmation: rule.confirmation(of: call), certificate: url)
        case .any(let rules): return rules.lazy.compactMap { $0.proof(for: call, values) }.first
        }
    }

    /// The proof of a call that has all proofs; nil if one is missing, or if none is asked for.
    static func proof(_ all: [Verification], for call: WebhookCall, _ values: TemplateValues) -> Proof? {
        guard !all.isEmpty else { return nil }
        var whole = Proof()
        for verification in all {
            guard let proof = verification.proof(for: call, values) else { return nil }
            whole.claims = whole.claims ?? proof.claims
            whole.use = whole.use ?? proof.use
            whole.confirmation = whole.confirmation ?? proof.confirmation
            whole.certificate = whole.certificate ?? proof.certificate
        }
        return whole
    }

    /// The address of a certificate without which a call has not all proofs. Nil if none is missing, or if a proof that
    /// needs no certificate does not hold: such a call makes us fetch nothing.
    static func missingCertificate(_ all: [Verification], for call: WebhookCall, _ values: TemplateValues) -> String? {
        var missing: String?
        for verification in all where verification.proof(for: call, values) == nil {
            guard let url = verification.missingCertificate(for: call, values) else { return nil }
            missing = missing ?? url
        }
        return missing
    }

    private static func isCaller(_ call: WebhookCall, in texts: [String]) -> Bool {
        let ranges = texts.flatMap { text in text.split { ", ".contains($0) }.map { AddressRange(String($0)) } }
        return ranges.isEmpty || ranges.contains { $0?.contains(call.remoteAddress) ?? false }
    }

    /// The keys that have a value. The key of an optional setting that is not set does not count.
    private static func filled(_ templates: [Template], _ values: TemplateValues) -> [String] {
        templates.map { $0.text(values) }.filter { !$0.isEmpty }
    }

    /// Compares two texts by their digests, so that the time does not show how many characters of a guess are correct.
    static func equal(_ a: String, _ b: String) -> Bool { equal(Array(a.utf8), Array(b.utf8)) }

    static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool { SHA256.hash(data: a) == SHA256.hash(data: b) }

    /// Whether the proof says where a field of the form ends.
    var coversBorders: Bool {
        switch self {
        case .sortedForm, .nonce: false
        case .any(let rules): rules.allSatisfy(\.coversBorders)
        default: true
        }
    }

    /// Whether it proves anything by itself.
    var provesCaller: Bool {
        switch self {
        case .addresses: false
        case .any(let rules): !rules.isEmpty && rules.allSatisfy(\.provesCaller)
        default: true
        }
    }

    /// The address of a certificate that the proof needs and that is not in memory; nil if there is none, or if the
    /// proof would not hold with it either.
    private func missingCertificate(for call: WebhookCall, _ values: TemplateValues) -> String? {
        switch self {
        case .notification(let rule):
            guard rule.mayHold(for: call, topics: Self.filled(rule.topics, values)),
                let url = rule.certificateURL(of: call), call.certificate(url) == nil
            else { return nil }
            return url
        case .any(let rules): return rules.lazy.compactMap { $0.missingCertificate(for: call, values) }.first
        default: return nil
        }
    }

    /// Whether the call has claims of a token.
    var givesClaims: Bool { if case .token = self { true } else { false } }
}
