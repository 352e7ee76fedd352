import DequeModule
import GatewayKit

/// The reactions of each sender to each message, as far as this connection has seen them.
///
/// A line of IRC adds or removes one reaction (IRCv3 `+draft/react`, `+draft/unreact`). An event or request of the core
/// has all reactions of a sender to a message. This record translates between the two. Above `limit` entries the oldest
/// is forgotten; then the sender's next reaction to that message counts as the only one.
struct ReactionRecord: Sendable {
    /// One reaction that is added or removed.
    struct Change: Equatable, Sendable {
        let text: String
        let isAdded: Bool

        /// Nil if the text is empty or longer than `textLimit`.
        init?(_ text: String, isAdded: Bool) {
            guard !text.isEmpty, text.utf8.count <= ReactionRecord.textLimit else { return nil }
            self.text = text
            self.isAdded = isAdded
        }

        var reverse: Change { Change(unchecked: text, isAdded: !isAdded) }

        private init(unchecked text: String, isAdded: Bool) {
            self.text = text
            self.isAdded = isAdded
        }
    }

    /// The number of entries, one for each sender and message.
    static let limit = 200
    /// The number of reactions of one sender to one message.
    static let reactionLimit = 20
    /// The number of bytes of one reaction. The longest emoji have less than 40.
    static let textLimit = 64

    private struct Key: Hashable {
        let message: MessageID
        /// Nil for ourselves, because our nick can change.
        let sender: FoldedName?
    }

    private var reactions: [Key: [String]] = [:]
    private var order: Deque<Key> = []
    /// Our changes that have no outcome yet.
    private var open: [RequestID: (message: MessageID, changes: [Change])] = [:]

    /// Records one change of a sender. Returns all reactions of that sender to that message.
    mutating func apply(_ change: Change, to message: MessageID, by sender: FoldedName?) -> [String] {
        let key = Key(message: message, sender: sender)
        var all = reactions[key] ?? []
        all.removeAll { $0 == change.text }
        if change.isAdded { all.append(change.text) }
        keep(all.suffix(ReactionRecord.reactionLimit), for: key)
        return reactions[key] ?? []
    }

    /// The changes that make `wanted` the complete set of our reactions to a message, the additions last. Nil if
    /// `wanted` has more than `reactionLimit` reactions, or one that IRC cannot carry.
    func changes(to message: MessageID, for wanted: [String]) -> [Change]? {
        let present = reactions[Key(message: message, sender: nil)] ?? []
        let removed = present.filter { !wanted.contains($0) }.map { Change($0, isAdded: false) }
        let added = wanted.filter { !present.contains($0) }.map { Change($0, isAdded: true) }
        let changes = (removed + added).compactMap(\.self)
        guard wanted.count <= ReactionRecord.reactionLimit, changes.count == removed.count + added.count else {
            return nil
        }
        return changes
    }

    /// Records our changes as soon as they are queued, because the next request builds on them. Call `ended` with their
    /// outcome.
    mutating func began(_ changes: [Change], to message: MessageID, for request: RequestID) {
        for change in changes { _ = apply(change, to: message, by: nil) }
        open[request] = (message, changes)
    }

    /// Handles the outcome of the request with our changes. If it failed, the changes are undone.
    mutating func ended(_ request: RequestID, isDone: Bool) {
        guard let (message, changes) = open.removeValue(forKey: request), !isDone else { return }
        for change in changes.reversed() { _ = apply(change.reverse, to: message, by: nil) }
    }

    /// Moves the reactions of a sender to the sender's new nick.
    mutating func rename(_ old: FoldedName, to new: FoldedName) {
        guard !order.isEmpty, old != new else { return }
        for (index, key) in order.enumerated() where key.sender == old {
            let renamed = Key(message: key.message, sender: new)
            guard reactions[renamed] == nil else { continue }
            reactions[renamed] = reactions.removeValue(forKey: key)
            order[index] = renamed
        }
    }

    private mutating func keep(_ all: ArraySlice<String>, for key: Key) {
        if reactions[key] == nil { order.append(key) }
        reactions[key] = Array(all)
        if all.isEmpty {
            reactions[key] = nil
            order.removeAll { $0 == key }
        } else if order.count > ReactionRecord.limit {
            reactions[order.removeFirst()] = nil
        }
    }
}
