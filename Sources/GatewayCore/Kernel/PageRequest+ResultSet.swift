import GatewayKit
import XML
import XMPP

extension PageRequest {
    /// The page that a client asks for (XEP-0059), with at most `most` items.
    init(_ set: ResultSet, most: Int) throws(StanzaError) {
        let places = [set.after != nil, set.before != nil, set.index != nil].filter(\.self).count
        guard places <= 1 else {
            throw StanzaError(.badRequest, "Give only one of <after/>, <before/> and <index/> (XEP-0059).")
        }
        let limit = min(set.max ?? most, most)
        if let after = set.after, !after.isEmpty {
            self.init(.after(after), limit: limit)
        } else if let before = set.before {
            self.init(before.isEmpty ? .last : .before(before), limit: limit)
        } else {
            self.init(set.index.map { .index($0) } ?? .first, limit: limit)
        }
    }

    /// The page that the payload of a query asks for; nil if it asks for none.
    static func wanted(in payload: Element, most: Int) throws(StanzaError) -> PageRequest? {
        let set: ResultSet?
        do throws(PayloadError) {
            set = try ResultSet.find(in: payload)
        } catch {
            throw error.stanzaError
        }
        guard let set else { return nil }
        return try PageRequest(set, most: most)
    }
}

extension ResultSet {
    /// The `<set/>` of a page of rooms. An empty page has no first and last item (XEP-0059 §2.2).
    init(_ page: Page<RoomListing>) {
        self.init(
            first: page.items.first?.address.name, firstIndex: page.items.isEmpty ? nil : page.index,
            last: page.items.last?.address.name, count: page.total)
    }
}

extension PageRequest {
    /// Cuts a page out of a complete list, and returns it with its `<set/>`.
    ///
    /// - Parameter id: the name by which clients know an item. No two items may have the same one.
    /// - Throws: the refusal of a page before or after an item that is not in the list (XEP-0059 §2.2).
    func page<Item>(
        of all: [Item], id: (Item) -> String
    ) throws(StanzaError) -> (items: [Item], resultSet: ResultSet) {
        let first: Int
        switch start {
        case .first: first = 0
        case .last: first = max(0, all.count - limit)
        case .index(let index): first = min(index, all.count)
        case .after(let key): first = try Self.position(of: key, all, id) + 1
        case .before(let key): first = max(0, try Self.position(of: key, all, id) - limit)
        }
        var end = min(first + limit, all.count)
        if case .before(let key) = start { end = try Self.position(of: key, all, id) }
        let items = Array(all[first..<end])
        let resultSet = ResultSet(
            first: items.first.map(id), firstIndex: items.isEmpty ? nil : first, last: items.last.map(id),
            count: all.count)
        return (items, resultSet)
    }

    private static func position<Item>(
        of key: String, _ all: [Item], _ id: (Item) -> String
    ) throws(StanzaError) -> Int {
        guard let index = all.firstIndex(where: { id($0) == key }) else {
            throw StanzaError(.itemNotFound, "The list has no such item any more. Begin with the first page.")
        }
        return index
    }
}
