/// Facts that the network tells about a message of ours, besides its outcome. A session emits them as `Outcome.noted`.
package struct MessageFacts: Sendable, Equatable, Codable {
    /// The progress of a message, or the reason of its failure, if the network tells more than the outcome does.
    package enum Stage: String, Sendable, CaseIterable, Codable {
        /// The provider has sent the message on to the recipient's network.
        case sent
        /// The network or the provider has refused the message.
        case rejected
        /// The message was not delivered in the time that the network or the gateway allows.
        case expired
    }

    /// Nil if the network tells no more than the outcome.
    package var stage: Stage?
    /// The number of parts into which the text was split, each of which the network carries as a message; nil if
    /// unknown.
    package var parts: Int?
    /// The price of the message in the provider's words, with the currency if the provider tells it: `0.0075 USD`. Nil
    /// if unknown.
    package var price: String?

    package init(stage: Stage? = nil, parts: Int? = nil, price: String? = nil) {
        self.stage = stage
        self.parts = parts
        self.price = price
    }

    /// The first number of the price, without its sign: some providers write costs as negative numbers, and some write
    /// the currency first. Nil if the price has no number.
    package var amount: Double? {
        guard let price else { return nil }
        return price.split(separator: " ").lazy.compactMap { Double($0) }.first { $0.isFinite }.map(abs)
    }

    /// Whether the network has told nothing.
    package var isEmpty: Bool { self == MessageFacts() }

    /// The longest price that adapters emit, in characters. They shorten longer ones.
    package static let longestPrice = 32
}
