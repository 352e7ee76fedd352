import DequeModule
import GatewayKit

/// The messages of one conversation under both of their names, newest last. Bounded by number and age.
struct ReferenceLog {
    private struct Entry {
        /// The id of the stanza that showed the message, or under which its sender sent it.
        let stanza: String
        /// Another id of the same stanza, such as the sender's own for a message to a room.
        let alias: String?
        let network: MessageID
        let at: Timestamp
    }

    static let most = 500
    /// References of live networks are kept for this long.
    static let longest: Duration = .seconds(7 * 24 * 3600)

    private var entries: Deque<Entry> = []
    /// Where an id stands, counted from the first entry ever.
    private var byStanza: [String: Int] = [:]
    private var byNetwork: [MessageID: Int] = [:]
    private var first = 0

    var count: Int { entries.count }

    mutating func add(_ stanza: String, alias: String?, network: MessageID, at time: Timestamp) {
        while let oldest = entries.first,
            entries.count >= Self.most || oldest.at.advanced(by: Self.longest) < time
        {
            removeFirst()
        }
        let place = first + entries.count
        entries.append(Entry(stanza: stanza, alias: alias, network: network, at: time))
        byStanza[stanza] = place
        if let alias { byStanza[alias] = place }
        byNetwork[network] = place
    }

    private mutating func removeFirst() {
        let entry = entries.removeFirst()
        // A later message may have taken over a name.
        for id in [entry.stanza, entry.alias].compactMap(\.self) where byStanza[id] == first { byStanza[id] = nil }
        if byNetwork[entry.network] == first { byNetwork[entry.network] = nil }
        first += 1
    }

    /// The network's name of a message; nil if it is not known (any more).
    func networkID(of stanza: String, now: Timestamp) -> MessageID? {
        byStanza[stanza].flatMap { entry(at: $0, now)?.network }
    }

    /// The id of the stanza that shows a message of the network; nil if it is not known (any more).
    func stanzaID(of network: MessageID, now: Timestamp) -> String? {
        byNetwork[network].flatMap { entry(at: $0, now)?.stanza }
    }

    private func entry(at place: Int, _ now: Timestamp) -> Entry? {
        let entry = entries[place - first]
        return entry.at.advanced(by: Self.longest) < now ? nil : entry
    }
}
