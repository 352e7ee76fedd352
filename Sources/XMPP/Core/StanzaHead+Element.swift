import XML

extension StanzaHead {
    static let xmlNamespace = "http://www.w3.org/XML/1998/namespace"

    init(_ element: Element) throws(StanzaFormatError) {
        self.init()
        for attribute in element.attributes {
            guard attribute.namespace.isEmpty else {
                if attribute.name == "lang", attribute.namespace == Self.xmlNamespace { lang = attribute.value }
                continue
            }
            switch attribute.name {
            case "to": to = try Self.address(attribute, of: element)
            case "from": from = try Self.address(attribute, of: element)
            case "id": id = attribute.value
            default: break
            }
        }
    }

    private static func address(_ attribute: Attribute, of element: Element) throws(StanzaFormatError) -> JID {
        do { return try JID(attribute.value) } catch {
            throw StanzaFormatError(element, .jidMalformed(attribute: attribute.name, error))
        }
    }

    /// A stanza of that name; `type` is left out if nil.
    func element(_ name: String, type: String?) -> Element {
        var element = Element(name, namespace: Stanza.namespace)
        element.attributes.reserveCapacity(5)
        if let to { element.attributes.append(Attribute("to", to.description)) }
        if let from { element.attributes.append(Attribute("from", from.description)) }
        if let id { element.attributes.append(Attribute("id", id)) }
        if let type { element.attributes.append(Attribute("type", type)) }
        if let lang { element.attributes.append(Attribute("lang", lang, namespace: Self.xmlNamespace)) }
        return element
    }
}
