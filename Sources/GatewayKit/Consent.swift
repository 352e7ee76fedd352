/// The word of a person on the network whether the account may write to the person. It is about the unique login values
/// of the account, such as its phone number: the word stays valid if another user gets the value.
package enum Consent: String, Sendable, Codable {
    /// The person wants no more messages.
    case withdrawn
    /// The person takes messages again.
    case given
}
