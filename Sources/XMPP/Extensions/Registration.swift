import XML

/// In-band registration (XEP-0077).
package struct Registration: Payload {
    package static let namespace = "jabber:iq:register"

    /// The fields of XEP-0077 §14.1.
    package enum Field: String, Sendable, CaseIterable {
        case username, nick, password, name, first, last, email, address, city, state, zip, phone, url, date, misc
        case text, key
    }

    package var instructions: String?
    /// In an answer: the entity is registered already, and the fields show what is known (§3.1).
    package var isRegistered: Bool
    /// In a request: cancel the registration (§3.2).
    package var isRemoval: Bool
    /// Values by field; in an offer, an empty value for each field that is wanted.
    package var fields: [Field: String]
    /// The form that takes the place of the fields where it is understood (§4).
    package var form: DataForm?

    package init(
        instructions: String? = nil, isRegistered: Bool = false, isRemoval: Bool = false,
        fields: [Field: String] = [:], form: DataForm? = nil
    ) {
        self.instructions = instructions
        self.isRegistered = isRegistered
        self.isRemoval = isRemoval
        self.fields = fields
        self.form = form
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("query", Self.namespace)
        self.init(instructions: element.childText("instructions"), form: try DataForm.find(in: element))
        for child in element.elements where child.namespace == Self.namespace {
            switch child.name {
            case "registered": isRegistered = true
            case "remove": isRemoval = true
            default: if let field = Field(rawValue: child.name) { fields[field] = child.text }
            }
        }
        // XEP-0077 §3.2: nothing may stand beside <remove/>.
        if isRemoval, element.elements.count > 1 {
            throw PayloadError("query", "<remove/> must be the only child")
        }
    }

    package var element: Element {
        var query = Element("query", namespace: Self.namespace)
        if isRegistered { query.append("registered", text: "") }
        query.append("instructions", text: instructions)
        for field in Field.allCases { query.append(field.rawValue, text: fields[field]) }
        if isRemoval { query.append("remove", text: "") }
        if let form { query.append(form.element) }
        return query
    }
}
