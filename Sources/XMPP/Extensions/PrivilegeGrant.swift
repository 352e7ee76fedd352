import XML

/// The privileges that a server grants to a component for its users (XEP-0356). The server tells them in a message when
/// the component has connected.
package struct PrivilegeGrant: Payload, Equatable {
    /// The beginning of the namespace, without the number of the version.
    package static let namespacePrefix = "urn:xmpp:privilege:"
    /// Maximum of namespaces in `queries`. Further ones are not read.
    private static let mostQueries = 100
    static let forward = "urn:xmpp:forward:0"

    /// Reading and writing, as for rosters and queries.
    package struct Access: OptionSet, Sendable, Hashable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let get = Access(rawValue: 1)
        package static let set = Access(rawValue: 2)
        package static let both: Access = [.get, .set]
    }

    /// The version that the server speaks. All stanzas with privileges must use it.
    package var namespace: String
    package var roster: Access
    /// Whether the component may write messages in the name of users.
    package var writesMessages: Bool
    /// Whether the component gets the presence of all users.
    package var seesPresence: Bool
    /// The access to queries in the name of users, by the namespace of their payload. Only from version 2 on.
    package var queries: [String: Access]

    package init(
        namespace: String, roster: Access = [], writesMessages: Bool = false, seesPresence: Bool = false,
        queries: [String: Access] = [:]
    ) {
        self.namespace = namespace
        self.roster = roster
        self.writesMessages = writesMessages
        self.seesPresence = seesPresence
        self.queries = queries
    }

    package init(_ element: Element) throws(PayloadError) {
        guard element.name == "privilege", element.namespace.hasPrefix(Self.namespacePrefix) else {
            throw PayloadError(element.name, "expected <privilege/>")
        }
        self.init(namespace: element.namespace)
        for permission in element.elements where permission.name == "perm" {
            let type = permission[attribute: "type"] ?? ""
            switch permission[attribute: "access"] {
            case "roster": roster = Access(type)
            case "message": writesMessages = type == "outgoing"
            case "presence": seesPresence = type == "managed_entity" || type == "roster"
            case "iq": addQueries(in: permission, depth: 0)
            default: break
            }
        }
    }

    /// Reads the namespaces of queries. Prosody nests them in each other, so they are found at any depth.
    private mutating func addQueries(in element: Element, depth: Int) {
        guard depth < 100 else { return }
        for child in element.elements where child.name == "namespace" {
            guard queries.count < Self.mostQueries else { return }
            if let namespace = child[attribute: "ns"] { queries[namespace] = Access(child[attribute: "type"] ?? "") }
            addQueries(in: child, depth: depth + 1)
        }
    }

    package var element: Element {
        var privilege = Element("privilege", namespace: namespace)
        func permission(_ access: String, _ type: String?) -> Element {
            Element("perm", namespace: namespace).with("access", access).with("type", type)
        }
        if let word = roster.word { privilege.append(permission("roster", word)) }
        if writesMessages { privilege.append(permission("message", "outgoing")) }
        if seesPresence { privilege.append(permission("presence", "managed_entity")) }
        guard !queries.isEmpty else { return privilege }
        var iq = permission("iq", nil)
        for (name, access) in queries.sorted(by: { $0.key < $1.key }) {
            iq.append(Element("namespace", namespace: namespace).with("ns", name).with("type", access.word))
        }
        privilege.append(iq)
        return privilege
    }
}

extension PrivilegeGrant {
    /// The payload that makes the server send a message in the name of a user (§4).
    package func wrapping(_ message: Message) -> Element {
        var forwarded = Element("forwarded", namespace: Self.forward)
        forwarded.append(message.element)
        var privilege = Element("privilege", namespace: namespace)
        privilege.append(forwarded)
        return privilege
    }

    /// The payload that makes the server send a query in the name of a user, from version 2 on.
    package func wrapping(_ iq: IQ) -> Element {
        var wrapper = Element("privileged_iq", namespace: namespace)
        wrapper.append(iq.element)
        return wrapper
    }

    /// The answer to a query in the name of a user; nil if the server's answer has none.
    package func answer(in iq: IQ) -> IQ? {
        let forwarded = iq.payload.first("privilege", namespace: namespace)?.first("forwarded", namespace: Self.forward)
        return forwarded?.first("iq", namespace: Stanza.namespace).flatMap { try? IQ($0) }
    }
}

extension PrivilegeGrant.Access {
    fileprivate init(_ word: String) {
        switch word {
        case "get": self = .get
        case "set": self = .set
        case "both": self = .both
        default: self = []
        }
    }

    fileprivate var word: String? {
        switch self {
        case .get: "get"
        case .set: "set"
        case .both: "both"
        default: nil
        }
    }
}
