import XML

extension StanzaHead {
    static let xmlNamespace = "http://www.w3.org/XML/1998/namespace"

    /// Reads the attributes that all stanzas share, and the text of `type`, which each kind of stanza reads in its own
    /// way.
    init(_ element: borrowing Element, _ addresses: inout JIDCache, type: inout String?) throws(StanzaFormatError) {
        var to: JID?
        var from: JID?
        var id: String?
        var lang: String?
        // Attributes are read in place: taking each out of the array would cost more than reading it.
        let attributes = element.attributes.span
        for index in attributes.indices {
            guard attributes[index].namespace.isEmpty else {
                if attributes[index].name == "lang", attributes[index].namespace == Self.xmlNamespace {
                    lang = attributes[index].value
                }
                continue
            }
            // Comparing short texts is quicker than a switch over them.
            if attributes[index].name == "to" {
                to = try Self.address(attributes[index].value, "to", of: element, &addresses)
            } else if attributes[index].name == "from" {
                from = try Self.address(attributes[index].value, "from", of: element, &addresses)
            } else if attributes[index].name == "id" {
                id = attributes[index].value
            } else if attributes[index].name == "type" {
                type = attributes[index].value
            }
        }
        self.init(to: to, from: from, id: id, lang: lang)
    }

    private static func address(
        _ text: String, _ attribute: String, of element: borrowing Element, _ addresses: inout JIDCache
    ) throws(StanzaFormatError) -> JID {
        do { return try addresses.read(text) } catch {
            throw StanzaFormatError(element, .jidMalformed(attribute: attribute, error))
        }
    }

    /// Makes the element of a stanza; `type` is left out if it is nil.
    func element(_ name: String, type: String?, _ payload: [Element] = []) -> Element {
        var element = Element(name, namespace: Stanza.namespace, elements: payload)
        element.attributes.reserveCapacity(5)
        if let to { element.attributes.append(Attribute("to", to.description)) }
        if let from { element.attributes.append(Attribute("from", from.description)) }
        if let id { element.attributes.append(Attribute("id", id)) }
        if let type { element.attributes.append(Attribute("type", type)) }
        if let lang { element.attributes.append(Attribute("lang", lang, namespace: Self.xmlNamespace)) }
        return element
    }
}
