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
    /// In an answer: whether the requester is registered already. The fields then show the stored values (§3.1).
    package var isRegistered: Bool
    /// In a request: whether to cancel the registration (§3.2).
    package var isRemoval: Bool
    /// Values by field; in an offer, an empty value for each wanted field.
    package var fields: [Field: String]
    /// The form, which replaces the fields for clients that understand it (§4).
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
        // No other child may stand beside <remove/> (XEP-0077 §3.2).
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
