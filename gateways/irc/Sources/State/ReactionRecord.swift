import DequeModule
import GatewayKit

/// The reactions of each sender to each message, as far as this connection has seen them.
///
/// IRC tells and is told of one reaction more or less (IRCv3 `+draft/react`, `+draft/unreact`), the core of all
/// reactions of a sender together. The oldest entries are forgotten: a later reaction to such a message then stands
/// alone.
struct ReactionRecord: Sendable {
    /// One reaction more or less.
    struct Change: Equatable, Sendable {
        let text: String
        let isAdded: Bool

        /// Nil for an empty text and for one that is longer than a reaction can be.
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

    /// Senders and messages that are kept, and reactions of one sender to one message.
    static let limit = 200
    static let reactionLimit = 20
    /// Bytes of one reaction: the longest emoji have less than 40.
    static let textLimit = 64

    private struct Key: Hashable {
        let message: MessageID
        /// Nil for ourselves, whatever our nick is.
        let sender: FoldedName?
    }

    private var reactions: [Key: [String]] = [:]
    private var order: Deque<Key> = []
    /// Changes of ours that the network has not taken yet.
    private var open: [RequestID: (message: MessageID, changes: [Change])] = [:]

    /// Takes one change of a sender. Returns all reactions of that sender to that message.
    mutating func apply(_ change: Change, to message: MessageID, by sender: FoldedName?) -> [String] {
        let key = Key(message: message, sender: sender)
        var all = reactions[key] ?? []
        all.removeAll { $0 == change.text }
        if change.isAdded { all.append(change.text) }
        keep(all.suffix(ReactionRecord.reactionLimit), for: key)
        return reactions[key] ?? []
    }

    /// The changes that make these our reactions to that message, the additions last. Nil if there are too many, or one
    /// of them is none that IRC can carry.
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

    /// Our changes are on their way. They count already, because the next request builds on them.
    mutating func began(_ changes: [Change], to message: MessageID, for request: RequestID) {
        for change in changes { _ = apply(change, to: message, by: nil) }
        open[request] = (message, changes)
    }

    /// The request with these changes has its outcome. Changes that failed are taken back.
    mutating func ended(_ request: RequestID, isDone: Bool) {
        guard let (message, changes) = open.removeValue(forKey: request), !isDone else { return }
        for change in changes.reversed() { _ = apply(change.reverse, to: message, by: nil) }
    }

    /// Somebody has another nick, so that later changes find the earlier ones.
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
