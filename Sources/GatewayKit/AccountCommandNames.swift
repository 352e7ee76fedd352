/// The commands that users type (`Question.command`) to make an account on a network. The core also serves them as
/// forms, where a session has announced `Ability.accounts`.
package struct AccountCommandNames: Sendable, Equatable, Codable {
    /// Makes an account: its name or `*` for the user's nick, an address for mail or `*`, and a password.
    package let register: String
    /// Proves that the address for mail is the user's: the name of the account, and the code that was sent there.
    package let verify: String

    package init(register: String, verify: String) {
        self.register = register
        self.verify = verify
    }
}
