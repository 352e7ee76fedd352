import DequeModule
import XMPP

/// Contacts to be added to the roster of one user, or to be removed, oldest first. A contact waits at most once for each
/// of the two.
///
/// A user may have thousands of contacts, so a look for one takes the same time however many wait.
struct RosterWishes {
    private var items: Deque<RosterItem> = []
    private var added: Set<JID> = []
    private var removed: Set<JID> = []

    init() {}

    /// - Parameter jids: the contacts to be removed, each once.
    init(removing jids: [JID]) {
        items = Deque(jids.map { RosterItem($0, subscription: .remove) })
        removed = Set(jids)
    }

    var isEmpty: Bool { items.isEmpty }
    var count: Int { items.count }
    var first: RosterItem? { items.first }

    /// The contacts to be added.
    var additions: [RosterItem] { items.filter { $0.subscription != .remove } }

    /// Appends a wish, unless the same contact waits for the same already.
    ///
    /// - Returns: whether it was appended.
    mutating func append(_ item: RosterItem) -> Bool {
        let isNew =
            item.subscription == .remove ? removed.insert(item.jid).inserted : added.insert(item.jid).inserted
        if isNew { items.append(item) }
        return isNew
    }

    /// Removes and returns the wish for a contact; nil if there is none. The search begins with the oldest wish.
    mutating func remove(_ jid: JID, isRemoval: Bool) -> RosterItem? {
        guard isRemoval ? removed.remove(jid) != nil : added.remove(jid) != nil,
            let index = items.firstIndex(where: { $0.jid == jid && ($0.subscription == .remove) == isRemoval })
        else { return nil }
        return items.remove(at: index)
    }

    /// The wish to add a contact; nil if there is none. The search begins with the oldest wish.
    func addition(of jid: JID) -> RosterItem? {
        guard added.contains(jid) else { return nil }
        return items.first { $0.jid == jid && $0.subscription != .remove }
    }

    /// Drops the contacts to be added that meet the condition.
    mutating func dropAdditions(where isMeant: (JID) -> Bool) {
        items.removeAll { $0.subscription != .remove && isMeant($0.jid) }
        added = Set(items.lazy.filter { $0.subscription != .remove }.map(\.jid))
    }

    /// Drops the contacts to be removed before the first one to be added.
    mutating func dropFirstRemovals() {
        while let item = items.first, item.subscription == .remove {
            removed.remove(item.jid)
            items.removeFirst()
        }
    }
}
