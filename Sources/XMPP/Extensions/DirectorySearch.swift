import XML

/// Jabber Search (XEP-0055): the fields of a search, a search, or its result.
package struct DirectorySearch: Payload {
    package static let namespace = "jabber:iq:search"

    /// The fields of XEP-0055 §7.
    package enum Field: String, Sendable, CaseIterable { case first, last, nick, email }

    /// One person that was found.
    package struct Item: Sendable, Equatable {
        package var address: JID
        package var fields: [Field: String]

        package init(_ address: JID, _ fields: [Field: String] = [:]) {
            self.address = address
            self.fields = fields
        }
    }

    package var instructions: String?
    /// The values that are looked for; in an offer, an empty value for each field.
    package var fields: [Field: String]
    package var items: [Item]
    /// The form, which replaces the fields for clients that understand it (§3), or its result.
    package var form: DataForm?
    /// The page that is asked for, or the `<set/>` of the result (XEP-0059).
    package var page: ResultSet?

    package init(
        instructions: String? = nil, fields: [Field: String] = [:], items: [Item] = [], form: DataForm? = nil,
        page: ResultSet? = nil
    ) {
        self.instructions = instructions
        self.fields = fields
        self.items = items
        self.form = form
        self.page = page
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("query", Self.namespace)
        self.init(
            instructions: element.childText("instructions"), fields: Self.fields(of: element),
            form: try DataForm.find(in: element), page: try ResultSet.find(in: element))
        for item in element.all("item", namespace: Self.namespace) {
            items.append(Item(try item.requiredJID("jid"), Self.fields(of: item)))
        }
    }

    private static func fields(of element: Element) -> [Field: String] {
        var fields: [Field: String] = [:]
        for field in Field.allCases { fields[field] = element.childText(field.rawValue) }
        return fields
    }

    package var element: Element {
        var query = Element("query", namespace: Self.namespace)
        query.append("instructions", text: instructions)
        for field in Field.allCases { query.append(field.rawValue, text: fields[field]) }
        for item in items {
            var element = Element("item", namespace: Self.namespace).with("jid", item.address.description)
            for field in Field.allCases { element.append(field.rawValue, text: item.fields[field]) }
            query.append(element)
        }
        if let form { query.append(form.element) }
        if let page { query.append(page.element) }
        return query
    }
}
