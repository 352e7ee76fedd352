import Basics
import GatewayKit

/// The newest texts of one user's conversations, as hashes, with the ids by which clients refer to them. It finds the
/// message that a person quotes in a reaction (`TextReaction`).
///
/// It is in memory only. After a restart, reactions to older messages are shown as texts.
final class RecentTexts {
    /// The number of texts of one conversation, and of conversations of one user. The oldest are forgotten.
    static let mostTexts = 30
    static let mostConversations = 30
    /// The age after which a text counts no more.
    static let longest = Duration.seconds(7 * 86_400)

    private struct Entry {
        let hash: Int
        let id: String
        let at: Timestamp
    }

    private var conversations: [String: [Entry]] = [:]
    /// Conversations, the one with the newest text last.
    private var order: [String] = []

    /// Remembers a text of a conversation.
    ///
    /// - Parameter id: the id of its stanza, by which clients refer to it.
    func add(_ text: String, id: String, in localpart: String, at time: Timestamp) {
        if order.last != localpart {
            order.removeAll { $0 == localpart }
            order.append(localpart)
            if order.count > Self.mostConversations { conversations[order.removeFirst()] = nil }
        }
        var entries = conversations[localpart] ?? []
        if entries.count >= Self.mostTexts { entries.removeFirst() }
        entries.append(Entry(hash: Self.hash(text), id: id, at: time))
        conversations[localpart] = entries
    }

    /// The id of the one recent message with this text; nil if there is none, or if there are several.
    func id(of text: String, in localpart: String, now: Timestamp) -> String? {
        let hash = Self.hash(text)
        let found = (conversations[localpart] ?? []).filter {
            $0.hash == hash && $0.at.advanced(by: Self.longest) > now
        }
        return found.count == 1 ? found.first?.id : nil
    }

    /// A hash with a secret of this run of the program, so that nobody can write two texts with the same hash. Equal
    /// texts in other compositions of their characters have the same one.
    private static func hash(_ text: String) -> Int { text.trimmed.hashValue }
}
