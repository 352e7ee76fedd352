import Basics

/// How the certificate of a server is checked: the keys `verify`, `ca-file` and `pin` of a section.
package struct CertificateCheck: Sendable, Equatable {
    private enum Verification: String, CaseIterable { case full, none }

    /// Whether the chain of trust, the dates and the name are checked. Without effect if there are `pins`.
    package var isFull = true
    /// The PEM file of the certificates to trust instead of those of the system.
    package var caFile: String?
    /// If there are any, a certificate is accepted only if its public key is one of these.
    package var pins: [KeyPin] = []

    package init() {}

    /// Reads the three keys, and reports all their problems to the reader.
    package init(reading reader: ConfigReader) {
        let verification = reader.choice("verify", of: Verification.self)
        isFull = verification != Verification.none
        caFile = reader.string("ca-file")
        for text in reader.oneOrMore("pin") ?? [] {
            if let pin = KeyPin(text) {
                pins.append(pin)
            } else {
                reader.report(
                    "pin", "'\(text)' is not the SHA-256 of a public key (64 hexadecimal digits, or Base64)")
            }
        }
        if !isFull, caFile != nil || reader.has("pin") {
            reader.report("verify", "'none' contradicts 'ca-file' and 'pin', which demand a check. Remove one of them")
        }
    }
}
