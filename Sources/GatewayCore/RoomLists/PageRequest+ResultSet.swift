import GatewayKit
import XMPP

extension PageRequest {
    /// The page that a client asks for, with at most `most` items.
    init(_ set: ResultSet, most: Int) throws(StanzaError) {
        let places = [set.after != nil, set.before != nil, set.index != nil].filter(\.self).count
        guard places <= 1 else {
            throw StanzaError(.modify, .badRequest, "Ask for the page after, before or at one item (XEP-0059).")
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
}

extension ResultSet {
    /// The mark of a page of rooms. An empty page has no first and last item (XEP-0059 §2.2).
    init(_ page: Page<RoomListing>) {
        self.init(
            first: page.items.first?.address.name, firstIndex: page.items.isEmpty ? nil : page.index,
            last: page.items.last?.address.name, count: page.total)
    }
}
