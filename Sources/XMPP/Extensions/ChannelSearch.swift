import XML

/// Extended Channel Search (XEP-0433): a request for the search form, or a search with a filled-in form.
package struct ChannelSearch: Payload {
    package static let namespace = "urn:xmpp:channel-search:0:search"
    /// The purpose of the form (XEP-0068).
    package static let formType = "urn:xmpp:channel-search:0:search-params"

    /// A key by which the results can be sorted (§Search Form Fields).
    package enum SortKey: String, Sendable, CaseIterable {
        case users = "{urn:xmpp:channel-search:0:order}nusers"
        case address = "{urn:xmpp:channel-search:0:order}address"
    }

    /// The form, or the filled-in form. Nil in a request for the form.
    package var form: DataForm?
    /// The page that the searcher wants (XEP-0059).
    package var page: ResultSet?

    package init(form: DataForm? = nil, page: ResultSet? = nil) {
        self.form = form
        self.page = page
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("search", Self.namespace)
        self.init(form: try DataForm.find(in: element), page: try ResultSet.find(in: element))
    }

    package var element: Element {
        var search = Element("search", namespace: Self.namespace)
        if let page { search.append(page.element) }
        if let form { search.append(form.element) }
        return search
    }
}

/// One page of the channels that a search has found (XEP-0433, "Result Item Format").
package struct FoundChannels: Payload {
    /// One channel. Facts that are not known are nil.
    package struct Item: Sendable, Equatable {
        package var address: JID
        package var name: String?
        package var description: String?
        package var users: Int?
        /// The type of the service, such as `xep-0045`.
        package var serviceType: String?
        /// Whether the channel can be entered without further credentials. False is not written: the element says true
        /// by its presence in the examples, and by its text in the table.
        package var isOpen: Bool

        package init(
            _ address: JID, name: String? = nil, description: String? = nil, users: Int? = nil,
            serviceType: String? = nil, isOpen: Bool = false
        ) {
            self.address = address
            self.name = name
            self.description = description
            self.users = users
            self.serviceType = serviceType
            self.isOpen = isOpen
        }
    }

    package var items: [Item]
    /// The mark of the page (XEP-0059).
    package var page: ResultSet?

    package init(_ items: [Item], page: ResultSet? = nil) {
        self.items = items
        self.page = page
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("result", ChannelSearch.namespace)
        var items: [Item] = []
        for child in element.all("item", namespace: ChannelSearch.namespace) { items.append(try Item(child)) }
        self.init(items, page: try ResultSet.find(in: element))
    }

    package var element: Element {
        var result = Element("result", namespace: ChannelSearch.namespace)
        for item in items { result.append(item.element) }
        if let page { result.append(page.element) }
        return result
    }
}

extension FoundChannels.Item {
    fileprivate init(_ element: Element) throws(PayloadError) {
        self.init(
            try element.requiredJID("address"), name: element.childText("name"),
            description: element.childText("description"), serviceType: element.childText("service-type"),
            isOpen: element.childText("is-open").map { !["false", "0"].contains($0) } ?? false)
        guard let text = element.childText("nusers") else { return }
        guard let users = UInt32(text) else { throw PayloadError("item", "<nusers/> is not a count") }
        self.users = Int(users)
    }

    fileprivate var element: Element {
        var item = Element("item", namespace: ChannelSearch.namespace).with("address", address.description)
        item.append("name", text: name)
        item.append("description", text: description)
        item.append("nusers", text: users.map { String($0) })
        item.append("service-type", text: serviceType)
        if isOpen { item.append("is-open", text: "") }
        return item
    }
}

/// The conditions of a channel search that stand beside the condition of a stanza error (XEP-0433, "Send a search
/// request").
package enum ChannelSearchError: Sendable, Equatable {
    case invalidSortKey, invalidSearchTerms, noSearchConditions, rateLimit
    /// Fields that exclude each other, by their names in the form.
    case conflictingFields([String])

    private static let namespace = "urn:xmpp:channel-search:0:error"

    package var element: Element {
        switch self {
        case .invalidSortKey: return Element("invalid-sort-key", namespace: Self.namespace)
        case .invalidSearchTerms: return Element("invalid-search-terms", namespace: Self.namespace)
        case .noSearchConditions: return Element("no-search-conditions", namespace: Self.namespace)
        case .rateLimit: return Element("rate-limit", namespace: Self.namespace)
        case .conflictingFields(let names):
            var element = Element("conflicting-fields", namespace: Self.namespace)
            for name in names { element.append("var", text: name) }
            return element
        }
    }
}
