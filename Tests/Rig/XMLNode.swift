/// An element as the XMPP client library has read it. The rig does not read XML with the code that it tests.
package struct XMLNode: Sendable, Codable, CustomStringConvertible {
    package let name: String
    package let namespace: String
    package let attributes: [String: String]
    /// The text directly inside the element.
    package let text: String
    package let children: [XMLNode]

    package subscript(attribute: String) -> String? { attributes[attribute] }

    /// The first child of that name, in that namespace, or in any if none is given.
    package func child(_ name: String, _ namespace: String? = nil) -> XMLNode? {
        children.first { $0.name == name && (namespace == nil || $0.namespace == namespace) }
    }

    package func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

    package var description: String {
        let attributes = attributes.sorted { $0.key < $1.key }.map { " \($0.key)=\"\($0.value.xmlEscaped)\"" }
        let head = name + (namespace == "jabber:client" ? "" : " xmlns=\"\(namespace)\"") + attributes.joined()
        let content = text.xmlEscaped + children.map(\.description).joined()
        return content.isEmpty ? "<\(head)/>" : "<\(head)>\(content)</\(name)>"
    }
}

extension XMLNode {
    package var type: String { attributes["type"] ?? "" }
    package var from: String { attributes["from"] ?? "" }
    package var id: String { attributes["id"] ?? "" }

    /// The text of `<body/>`.
    package var body: String? { child("body", "jabber:client")?.text }

    /// Whether it comes from this room: from the room itself or from an occupant.
    package func isFrom(room: String) -> Bool { from == room || from.hasPrefix(room + "/") }

    /// The part after the slash in `from`.
    package var occupant: String? {
        from.firstIndex(of: "/").map { String(from[from.index(after: $0)...]) }
    }

    /// The status codes of XEP-0045 in this presence or message, in order.
    package var statusCodes: [String] {
        child("x", "http://jabber.org/protocol/muc#user")?.all("status").compactMap { $0["code"] } ?? []
    }

    /// The `<item/>` of XEP-0045.
    package var item: XMLNode? { child("x", "http://jabber.org/protocol/muc#user")?.child("item") }

    /// Condition and type of the stanza's error, as in "cancel/item-not-found"; nil if the stanza is not an error.
    package var error: String? {
        guard type == "error", let error = child("error") else { return nil }
        let condition = error.children.first {
            $0.namespace == "urn:ietf:params:xml:ns:xmpp-stanzas" && $0.name != "text"
        }
        return "\(error["type"] ?? "?")/\(condition?.name ?? "?")"
    }

    /// The text of the stanza's error.
    package var errorText: String? { child("error")?.child("text")?.text }
}
