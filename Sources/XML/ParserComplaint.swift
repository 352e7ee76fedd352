import CLibXML2

/// What an error report of libxml2 means for the stream.
///
/// The stream ends only where the markup itself is not well-formed (XML 1.0), or is of a kind that XMPP forbids
/// (RFC 6120 §11.1): then the end of the stanza in progress cannot be told, and no conforming server can have sent it.
/// A breach of "Namespaces in XML" leaves the markup intact: every tag still has its end. So it costs its stanza, whose
/// sender is told. Servers do send such stanzas: Prosody 0.12 writes `<xml:a/>` as
/// `<a xmlns='http://www.w3.org/XML/1998/namespace'/>`.
enum ParserComplaint: Equatable {
    /// A warning, or a doubt about the form of a namespace name (XML_WAR_NS_URI). Names of namespaces are compared as
    /// text, and expat takes any.
    case harmless
    /// XML_NS_ERR_XML_NAMESPACE: `xml`, `xmlns` or their names used wrongly, a prefix undeclared. XML_NS_ERR_QNAME:
    /// colons in wrong places. XML_NS_ERR_ATTRIBUTE_REDEFINED: twice the same attribute under two prefixes.
    /// XML_NS_ERR_UNDEFINED_NAMESPACE: an unknown prefix; `error` is then
    /// `.badNamespacePrefix`, otherwise `.notWellFormed`.
    case brokenNamespaces(XMLError)
    /// Anything else.
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
    /// The outcome for an error number of libxml2.
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
