import Basics

/// The latest messages of one user, as hashes. It holds at most a fixed number of them.
///
/// The arrays are used in place, and no method calls other code, so exclusive access need not be checked for every
/// message.
final class TakenMessages {
    /// The number of messages. A client that sends its unacknowledged messages again (XEP-0198 §5) has few of them.
    static let most = 64

    /// A hash of the content that stands for any content.
    static let anyContent = 0

    private struct Entry {
        /// A hash of the message's addresses and id; 0 if the message was forgotten.
        var key: Int
        var content: Int
        var epoch: Int
    }

    @exclusivity(unchecked) private var entries: [Entry] = []
    /// A byte of each entry's key. Nearly all messages are new, and a search for a byte compares sixteen places at once.
    @exclusivity(unchecked) private var tags: [UInt8] = []
    /// The place of the oldest entry, once there are `most`.
    @exclusivity(unchecked) private var oldest = 0

    /// Takes a message in place of the oldest one, unless the same message was taken in this epoch or the one before.
    /// Returns whether it was.
    ///
    /// - Parameters:
    ///   - key: a hash of the message's addresses and id; not 0.
    ///   - content: a hash of its content.
    ///   - isUnique: whether no other message has the id. A message from the registry, whose content is unknown,
    ///     matches only then.
    func take(_ key: Int, _ content: Int, isUnique: Bool = false, epoch: Int) -> Bool {
        guard let index = index(of: key) else {
            add(Entry(key: key, content: content, epoch: epoch))
            return false
        }
        let known = entries[index]
        let isSame = known.content == content || isUnique && known.content == Self.anyContent
        if isSame, epoch - known.epoch <= 1 { return true }
        entries[index] = Entry(key: key, content: content, epoch: epoch)
        return false
    }

    /// Forgets a message, because it has failed and may be sent again.
    func forget(_ key: Int) {
        if let index = index(of: key) { entries[index].key = 0 }
    }

    private func add(_ entry: Entry) {
        guard entries.count == Self.most else {
            entries.append(entry)
            return tags.append(Self.tag(of: entry.key))
        }
        entries[oldest] = entry
        tags[oldest] = Self.tag(of: entry.key)
        oldest = (oldest + 1) % Self.most
    }

    private func index(of key: Int) -> Int? {
        let tag = Self.tag(of: key)
        return tags.withUnsafeBytes { tags in
            var start = 0
            while let place = ByteScan.firstIndex(of: tag, in: tags, from: start) {
                if entries[place].key == key { return place }
                start = place + 1
            }
            return nil
        }
    }

    private static func tag(of key: Int) -> UInt8 { UInt8(truncatingIfNeeded: key >> 24) }
}
