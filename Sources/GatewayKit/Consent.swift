/// The statement of a person on the network whether an account may send messages to the person. It applies to the
/// unique login value of the account, such as a phone number, and stays valid if another user gets that value.
package enum Consent: String, Sendable, Codable {
    /// The person wants no more messages.
    case withdrawn
    /// The person wants messages again.
    case given
}
