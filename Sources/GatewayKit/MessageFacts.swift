/// Facts that the network tells about a message of ours beside its outcome. A session emits them before the outcome that
/// they belong to (`Outcome.noted`).
package struct MessageFacts: Sendable, Equatable, Codable {
    /// The progress of a message, or the way in which it has failed, where the network tells more than the outcome.
    package enum Stage: String, Sendable, CaseIterable, Codable {
        /// The provider has passed the message on to the network of the receiver.
        case sent
        /// The network or the provider has refused the message.
        case rejected
        /// The network could not deliver the message in the time that it had.
        case expired
    }

    package var stage: Stage?
    /// The number of messages into which the network has split the text.
    package var parts: Int?
    /// The price of the message as the provider tells it, with its currency if there is one: `0.0075 USD`.
    package var price: String?

    package init(stage: Stage? = nil, parts: Int? = nil, price: String? = nil) {
        self.stage = stage
        self.parts = parts
        self.price = price
    }

    package var isEmpty: Bool { self == MessageFacts() }

    /// The longest price that is kept, in characters.
    package static let longestPrice = 32
}
