import XML

/// Names a page of a long result (XEP-0059): in a query, the page that the requester wants; in an answer, the page that
/// it has.
package struct ResultSet: Payload {
    package static let namespace = "http://jabber.org/protocol/rsm"

    /// The largest number of items that the requester wants on the page. 0 asks for the count alone (§2.7).
    package var max: Int?
    /// The page follows the item with this id (§2.2).
    package var after: String?
    /// The page ends before the item with this id. An empty id asks for the last page (§2.5).
    package var before: String?
    /// The page begins at this position (§2.6).
    package var index: Int?
    /// The id of the first item on the page.
    package var first: String?
    /// The position of that item in the whole result.
    package var firstIndex: Int?
    /// The id of the last item on the page.
    package var last: String?
    /// The number of items on all pages.
    package var count: Int?

    package init(
        max: Int? = nil, after: String? = nil, before: String? = nil, index: Int? = nil, first: String? = nil,
        firstIndex: Int? = nil, last: String? = nil, count: Int? = nil
    ) {
        self.max = max
        self.after = after
        self.before = before
        self.index = index
        self.first = first
        self.firstIndex = firstIndex
        self.last = last
        self.count = count
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("set", Self.namespace)
        self.init(
            max: try element.number("max"), after: element.childText("after"), before: element.childText("before"),
            index: try element.number("index"), last: element.childText("last"), count: try element.number("count"))
        guard let first = element.first("first", namespace: Self.namespace) else { return }
        self.first = first.text
        firstIndex = try first.count("index")
    }

    package var element: Element {
        var set = Element("set", namespace: Self.namespace)
        set.append("max", text: max.map { String($0) })
        set.append("after", text: after)
        set.append("before", text: before)
        set.append("index", text: index.map { String($0) })
        if let first {
            set.append(
                Element("first", namespace: Self.namespace, text: first).with("index", firstIndex.map { String($0) }))
        }
        set.append("last", text: last)
        set.append("count", text: count.map { String($0) })
        return set
    }

    /// The `<set/>` among the children of an element; nil if there is none.
    package static func find(in element: Element) throws(PayloadError) -> ResultSet? {
        guard let set = element.first("set", namespace: namespace) else { return nil }
        return try ResultSet(set)
    }
}

extension Element {
    /// A whole number, at least zero, in a child; nil if there is no such child.
    fileprivate func number(_ child: String) throws(PayloadError) -> Int? {
        guard let text = childText(child) else { return nil }
        guard let number = UInt32(text) else { throw PayloadError(name, "<\(child)/> is not a count") }
        return Int(number)
    }
}
