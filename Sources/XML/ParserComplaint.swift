import CLibXML2

/// The meaning of an error report of libxml2 for the stream.
///
/// The stream ends only if the markup itself is not well-formed (XML 1.0), or is of a kind that XMPP forbids (RFC 6120
/// §11.1). In these cases the end of the stanza in progress cannot be found, and no conforming server can have sent
/// it. A breach of "Namespaces in XML" leaves the markup intact: every tag still has its end. So only the stanza is
/// refused, and its sender is told. Servers do send such stanzas: Prosody 0.12 writes `<xml:a/>` as `<a
/// xmlns='http://www.w3.org/XML/1998/namespace'/>`.
/// `<a xmlns='http://www.w3.org/XML/1998/namespace'/>`.
enum ParserComplaint: Equatable {
    /// A warning, or a doubt about the form of a namespace name (XML_WAR_NS_URI). Namespace names are compared as
    /// text, and expat accepts any form.
    case harmless
    /// XML_NS_ERR_XML_NAMESPACE: `xml`, `xmlns` or their namespaces are used wrongly, or a prefix is undeclared.
    /// XML_NS_ERR_QNAME: colons in wrong places. XML_NS_ERR_ATTRIBUTE_REDEFINED: the same attribute twice under two
    /// prefixes. XML_NS_ERR_UNDEFINED_NAMESPACE: an unknown prefix; `error` is then `.badNamespacePrefix`, otherwise
    /// `.notWellFormed`.
    case brokenNamespaces(XMLError)
    /// Any other error.
    case broken(XMLError)

    init(_ error: xmlError) {
        let isNamespaces = error.domain == Int32(bitPattern: XML_FROM_NAMESPACE.rawValue)
        switch error.level {
        case XML_ERR_NONE, XML_ERR_WARNING: self = .harmless
        case XML_ERR_ERROR where isNamespaces && UInt32(bitPattern: error.code) == XML_WAR_NS_URI.rawValue:
            self = .harmless
        case XML_ERR_ERROR where isNamespaces: self = .brokenNamespaces(XMLError(code: error.code))
        default: self = .broken(XMLError(code: error.code))
        }
    }
}

extension XMLError {
    /// The stream error for an error number of libxml2.
    fileprivate init(code: Int32) {
        switch UInt32(bitPattern: code) {
        case XML_ERR_UNDECLARED_ENTITY.rawValue, XML_WAR_UNDECLARED_ENTITY.rawValue: self = .restricted
        case XML_NS_ERR_UNDEFINED_NAMESPACE.rawValue: self = .badNamespacePrefix
        case XML_ERR_INVALID_ENCODING.rawValue, XML_ERR_UNSUPPORTED_ENCODING.rawValue,
            XML_ERR_UNKNOWN_ENCODING.rawValue, XML_I18N_CONV_FAILED.rawValue:
            self = .unsupportedEncoding
        case XML_ERR_NO_MEMORY.rawValue: self = .resourceConstraint
        default: self = .notWellFormed
        }
    }
}
