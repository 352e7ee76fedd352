import Basics
import XML

/// A kind of end-to-end encryption between clients, which nobody outside XMPP can read.
package enum Encryption: String, Sendable, CaseIterable {
    /// XEP-0384, in all its versions.
    case omemo = "OMEMO"
    /// XEP-0373 and XEP-0027.
    case openPGP = "OpenPGP"
    /// XEP-0364.
    case otr = "OTR"
    /// A link to an encrypted file together with its key (XEP-0454).
    case file = "encrypted file"
    /// Any other kind, named by XEP-0380.
    case other = "end-to-end encryption"

    /// The namespace of XEP-0380, which marks the fallback texts of encrypted messages.
    package static let markNamespace = "urn:xmpp:eme:0"
}

extension Message {
    /// The encryption of the message; nil if the message is plain, or if it carries nothing that a person has written,
    /// such as the key exchange of OMEMO. Fast for a message that has nothing but a body.
    package var encryption: Encryption? { encryption(beside: body) }

    /// Like `encryption`, for a caller who has read the body already.
    package func encryption(beside body: String?) -> Encryption? {
        if payload.count == 1, let body { return Encryption(body: body) }
        let elements = payload.span
        var found: Encryption?
        var hasWords = false
        var isMarked = false
        var isKeyExchange = false
        for index in elements.indices {
            // The length of a name is compared first, because that costs nothing.
            switch elements[index].name.utf8.count {
            case 4 where elements[index].namespace == Stanza.namespace && elements[index].name == "body":
                hasWords = true
                found = found ?? Encryption(body: payload.text(at: index))
            case 1, 7, 9, 10:
                guard let kind = Encryption(elements[index]) else { continue }
                guard kind != .other else {
                    isMarked = true
                    continue
                }
                found = kind
                if kind == .omemo, !elements[index].elements.contains(where: { $0.name == "payload" }) {
                    isKeyExchange = true
                } else {
                    hasWords = true
                }
            default: break
            }
        }
        // `<encryption/>` (XEP-0380) accompanies the encrypted element, whose kind is more exact. Clients add it to key
        // exchanges, too, which have no words.
        if isMarked { return (hasWords || !isKeyExchange) ? (found ?? .other) : nil }
        return hasWords ? found : nil
    }
}

extension Encryption {
    /// The encryption that an element of a message carries or marks; nil if it is another element.
    fileprivate init?(_ element: borrowing Element) {
        switch (element.name, element.namespace) {
        case ("encrypted", "eu.siacs.conversations.axolotl"), ("encrypted", "urn:xmpp:omemo:1"),
            ("encrypted", "urn:xmpp:omemo:2"):
            self = .omemo
        case ("openpgp", "urn:xmpp:openpgp:0"), ("x", "jabber:x:encrypted"): self = .openPGP
        case ("encryption", Encryption.markNamespace): self = .other
        default: return nil
        }
    }

    /// The encryption of a text; nil if it is plain. A text of OTR begins with `?OTR` (XEP-0364 §3). A link to an
    /// encrypted file may stand anywhere.
    fileprivate init?(body: String) {
        let found = body.utf8.withContiguousStorageIfAvailable { Self.kind(UnsafeRawBufferPointer($0)) }
        guard let kind = found ?? Array(body.utf8).withUnsafeBytes({ Self.kind($0) }) else { return nil }
        self = kind
    }

    private static func kind(_ body: UnsafeRawBufferPointer) -> Encryption? {
        if body.first == UInt8(ascii: "?"), body.starts(with: "?OTR".utf8) { return .otr }
        var start = scheme.utf8.count
        while let colon = ByteScan.firstIndex(of: UInt8(ascii: ":"), in: body, from: start) {
            if body[(colon - scheme.utf8.count)...].starts(with: "\(scheme)://".utf8) { return .file }
            start = colon + 1
        }
        return nil
    }

    /// The scheme of a link to an encrypted file (XEP-0454 §3).
    private static let scheme = "aesgcm"
}
