/// The SASL mechanisms that we know (IRCv3 sasl-3.2), in the order in which we try them. Those that give no secret away
/// come first.
enum SASLMechanism: String, CaseIterable, Sendable {
    /// The certificate of the TLS connection proves the user (RFC 4422 appendix A).
    case external = "EXTERNAL"
    /// A signature of the server's challenge by a P-256 key, as Atheme has it.
    case challenge = "ECDSA-NIST256P-CHALLENGE"
    /// RFC 7677. The server proves that it knows the password, too.
    case scram = "SCRAM-SHA-256"
    /// RFC 4616. The server gets the password.
    case plain = "PLAIN"
}
