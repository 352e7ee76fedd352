/// Why a stream cannot go on. One case for each stream error of RFC 6120 §4.9.3 that XML itself can cause; the raw
/// value is the name of that condition.
package enum XMLError: String, Error, Sendable, Equatable, CaseIterable {
    /// Text between stanzas, or another stream within the stream (RFC 6120 §4.9.3.1).
    case badFormat = "bad-format"
    /// A header with an undeclared prefix (§4.9.3.2); a stanza with an undeclared prefix is skipped instead.
    case badNamespacePrefix = "bad-namespace-prefix"
    /// Broken XML, characters that XML forbids, broken namespaces of the header (§4.9.3.13).
    case notWellFormed = "not-well-formed"
    /// The header is over a limit; stanzas over a limit are skipped instead (§4.9.3.14).
    case policyViolation = "policy-violation"
    /// No memory for the parser (§4.9.3.17).
    case resourceConstraint = "resource-constraint"
    /// A DTD, an entity that XML does not predefine, a comment, a processing instruction (§4.9.3.18, §11.1).
    case restricted = "restricted-xml"
    /// Not UTF-8, by declaration or in fact (§4.9.3.22, §11.6).
    case unsupportedEncoding = "unsupported-encoding"
}
