import Basics
import DequeModule
import GatewayKit

/// The messages of one conversation, each with its stanza id and its network id. The newest is last. The log is bounded
/// by number and age. Ids compare byte by byte: a composed and a decomposed form of one character differ.
struct ReferenceLog {
    private struct Entry {
        /// The id of the stanza in which the message was shown to the user, or in which the user sent it.
        let stanza: String
        /// Another id of the same stanza, such as the id that the sender gave to a message to a room.
        let alias: String?
        let network: MessageID
        let at: Timestamp
    }

    /// Maximum of messages in one log. The oldest is dropped.
    static let most = 500
    /// Maximum age of a message. Older ones count as unknown.
    static let longest: Duration = .seconds(7 * 24 * 3600)

    private var entries: Deque<Entry> = []
    /// Positions by stanza id and alias. Positions count from the first entry that was ever added.
    private var byStanza: [ExactText: Int] = [:]
    /// Positions by network id.
    private var byNetwork: [ExactText: Int] = [:]
    /// The position of `entries.first`.
    private var first = 0

    var count: Int { entries.count }

    /// Adds a message, and drops messages beyond `most` or `longest`.
    mutating func add(stanzaID stanza: String, alias: String?, network: MessageID, at time: Timestamp) {
        while let oldest = entries.first,
            entries.count >= Self.most || oldest.at.advanced(by: Self.longest) < time
        {
            removeFirst()
        }
        let place = first + entries.count
        entries.append(Entry(stanza: stanza, alias: alias, network: network, at: time))
        byStanza[ExactText(stanza)] = place
        if let alias { byStanza[ExactText(alias)] = place }
        byNetwork[ExactText(network.rawValue)] = place
    }

    private mutating func removeFirst() {
        let entry = entries.removeFirst()
        Self.remove(entry.stanza, at: first, from: &byStanza)
        if let alias = entry.alias { Self.remove(alias, at: first, from: &byStanza) }
        Self.remove(entry.network.rawValue, at: first, from: &byNetwork)
        first += 1
    }

    /// Removes an id from an index. A later message may have the same id. Then the id must keep leading to the later
    /// message.
    private static func remove(_ id: String, at place: Int, from places: inout [ExactText: Int]) {
        let id = ExactText(id)
        if places[id] == place { places[id] = nil }
    }

    /// The network's id of a message; nil if the stanza id is unknown or the message too old.
    func networkID(of stanza: String, now: Timestamp) -> MessageID? {
        byStanza[ExactText(stanza)].flatMap { entry(at: $0, now)?.network }
    }

    /// The stanza id of a message of the network; nil if the network's id is unknown or the message too old.
    func stanzaID(of network: MessageID, now: Timestamp) -> String? {
        byNetwork[ExactText(network.rawValue)].flatMap { entry(at: $0, now)?.stanza }
    }

    private func entry(at place: Int, _ now: Timestamp) -> Entry? {
        let entry = entries[place - first]
        return entry.at.advanced(by: Self.longest) < now ? nil : entry
    }
}
