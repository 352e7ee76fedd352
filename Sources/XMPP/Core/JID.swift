/// An XMPP address (RFC 7622, in the older stringprep form of RFC 6122): validated, and normalised so that equal
/// addresses are equal values.
package struct JID: Hashable, Sendable {
    /// Lower-case and free of `"&'/:<>@` and spaces; nil for a domain's own address, never empty.
    package let local: String?
    /// Lower-case host name, IPv4 address, or IPv6 address in brackets.
    package let domain: String
    /// Nil for a bare address, never empty.
    package let resource: String?

    /// Reads `local@domain/resource`.
    package init(_ text: String) throws(JIDError) {
        if let plain = text.utf8.withContiguousStorageIfAvailable({ JID(plain: $0) }), let plain {
            self = plain
            return
        }
        let slash = text.utf8.firstIndex(of: UInt8(ascii: "/"))
        let head = text[..<(slash ?? text.endIndex)]
        let at = head.utf8.firstIndex(of: UInt8(ascii: "@"))
        try self.init(
            local: at.map { String(head[..<$0]) },
            domain: String(head[(at.map { head.utf8.index(after: $0) } ?? head.startIndex)...]),
            resource: slash.map { String(text[text.utf8.index(after: $0)...]) })
    }

    /// Prepares each part with its profile. A part that is nil is absent; one that is empty is an error.
    package init(local: String?, domain: String, resource: String? = nil) throws(JIDError) {
        self.domain = try Preparation.domain(domain)
        self.local = if let local { try Preparation.local(local) } else { nil }
        self.resource = if let resource { try Preparation.resource(resource) } else { nil }
    }

    init(prepared local: String?, _ domain: String, _ resource: String?) {
        self.local = local
        self.domain = domain
        self.resource = resource
    }

    /// The address without its resource.
    package var bare: JID { resource == nil ? self : JID(prepared: local, domain, nil) }

    package var isBare: Bool { resource == nil }

    /// The same local part and domain with another resource, or with none.
    package func with(resource: String?) throws(JIDError) -> JID {
        guard let resource else { return bare }
        return JID(prepared: local, domain, try Preparation.resource(resource))
    }
}

extension JID: CustomStringConvertible {
    /// The address as it stands in a stanza.
    package var description: String {
        var text = ""
        if let local {
            text += local
            text += "@"
        }
        text += domain
        if let resource {
            text += "/"
            text += resource
        }
        return text
    }
}

/// Why a text is not an address.
package enum JIDError: Error, Sendable, Hashable {
    package enum Part: String, Sendable { case local, domain, resource }

    /// The part is there, but has no character (`@x`, `x/`).
    case empty(Part)
    /// More than 1023 bytes (RFC 7622 §3.1).
    case tooLong(Part)
    /// A character that the part may not have, or one that is no Unicode text.
    case forbiddenCharacter(Part)
    /// Not a host name or IP address: an empty label, one over 63 bytes, a broken IPv6 literal.
    case malformedDomain
}

extension JIDError: CustomStringConvertible {
    /// Words for people.
    package var description: String {
        switch self {
        case .empty(let part): "the \(part.rawValue) part of the address is empty"
        case .tooLong(let part): "the \(part.rawValue) part of the address is longer than 1023 bytes"
        case .forbiddenCharacter(let part): "the \(part.rawValue) part of the address has a character it may not have"
        case .malformedDomain: "the domain of the address is neither a host name nor an IP address"
        }
    }
}
