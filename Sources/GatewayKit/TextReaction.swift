/// A reaction to a message that a network carries as a text with a quotation, such as `Liked “See you”`.
package struct TextReaction: Sendable, Equatable {
    /// The quoted text of the message.
    package let quote: String
    /// The emoji; nil if the sender takes the reaction back.
    package let emoji: String?

    package init(to quote: String, _ emoji: String?) {
        self.quote = quote
        self.emoji = emoji
    }
}
