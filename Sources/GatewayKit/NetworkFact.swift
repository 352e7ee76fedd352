/// A fact that the network tells and that concerns no open session, because no user has the number of the message. The
/// adapter passes it on by `AccountFinder.note`.
package enum NetworkFact: Sendable, Equatable {
    /// A person allows or forbids messages from the holder of a unique value. `at` is the time of the person's message.
    case consent(Consent, of: PeerAddress, for: UniqueValue, at: Timestamp)
    /// The price of a message whose user has unregistered since. It still counts against the operator's limits.
    case message(RequestID, MessageFacts)
}
