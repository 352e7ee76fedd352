import XML

/// An XMPP address (RFC 7622, in the older stringprep form of RFC 6122): validated, and normalised so that equal
/// addresses are equal values.
///
/// It is a value of a reference and a resource. Copies, the bare address, and the address of another resource share
/// one object, so that comparing and hashing them costs next to nothing.
package struct JID: Sendable {
    let home: BareAddress
    /// The resource; nil for a bare address, never empty.
    package let resource: String?

    /// The local part in lower case, without spaces and `"&'/:<>@`; nil for the address of a domain, never empty.
    package var local: String? { home.local }

    /// A host name in lower case, an IPv4 address, or an IPv6 address in brackets.
    package var domain: String { home.domain }

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

    /// Prepares each part with its profile. Nil means that the part is absent; an empty part is an error.
    package init(local: String?, domain: String, resource: String? = nil) throws(JIDError) {
        let domain = try Preparation.domain(domain)
        let local: String? = if let local { try Preparation.local(local) } else { nil }
        self.resource = if let resource { try Preparation.resource(resource) } else { nil }
        home = BareAddress(local, domain)
    }

    init(_ home: BareAddress, resource: String?) {
        self.home = home
        self.resource = resource
    }

    /// The address without its resource.
    package var bare: JID { JID(home, resource: nil) }

    package var isBare: Bool { resource == nil }

    /// A hash of the address without its resource. It costs nothing, because it is computed when the address is read.
    package var bareHash: Int { home.hash }

    /// Whether two addresses are equal apart from their resources. Quick if both were read on one stream.
    package func hasSameBare(as other: JID) -> Bool {
        home === other.home || home.hash == other.home.hash && home.text == other.home.text
    }

    /// The same local part and domain with another resource, or with none.
    package func with(resource: String?) throws(JIDError) -> JID {
        guard let resource else { return bare }
        return JID(home, resource: try Preparation.resource(resource))
    }
}

extension JID: Hashable {
    package static func == (one: JID, other: JID) -> Bool {
        one.resource == other.resource
            && (one.home === other.home || one.home.hash == other.home.hash && one.home.text == other.home.text)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(home.hash)
        if let resource { hasher.combine(resource) }
    }
}

extension JID: CustomStringConvertible {
    /// The address as it is written in a stanza. For a bare address the text is stored already.
    package var description: String {
        guard let resource else { return home.text }
        return home.text + "/" + resource
    }
}

/// The part that all addresses of one account, room or domain share.
final class BareAddress: Sendable {
    let local: String?
    let domain: String
    /// Local part and domain as they are written in a stanza.
    let text: String
    /// The hash, computed once. It is seeded for each process, as all hashes are, so that nobody can produce
    /// collisions.
    let hash: Int
    /// Whether `text` can be written into a stanza as it is.
    let isPlain: Bool

    /// The parts must be prepared already. A caller that has the `text` already may give it.
    init(_ local: String?, _ domain: String, text: String? = nil) {
        self.local = local
        self.domain = domain
        self.text = text ?? local.map { $0 + "@" + domain } ?? domain
        hash = self.text.hashValue
        isPlain = XMLWriter.isPlain(self.text)
    }
}

/// Why a text is not an address.
package enum JIDError: Error, Sendable, Hashable {
    package enum Part: String, Sendable { case local, domain, resource }

    /// The part is present, but has no character (`@x`, `x/`).
    case empty(Part)
    /// More than 1023 bytes (RFC 7622 §3.1).
    case tooLong(Part)
    /// The part has a character that it may not have, or one that is not Unicode text.
    case forbiddenCharacter(Part)
    /// Not a host name or IP address: an empty label, one over 63 bytes, a broken IPv6 literal.
    case malformedDomain
}

extension JIDError: CustomStringConvertible {
    /// The error in words for people.
    package var description: String {
        switch self {
        case .empty(let part): "the \(part.rawValue) part of the address is empty"
        case .tooLong(let part): "the \(part.rawValue) part of the address is longer than 1023 bytes"
        case .forbiddenCharacter(let part): "the \(part.rawValue) part of the address has a character it may not have"
        case .malformedDomain: "the domain of the address is neither a host name nor an IP address"
        }
    }
}
