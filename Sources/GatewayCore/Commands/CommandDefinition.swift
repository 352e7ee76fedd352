import XMPP

/// One command for users. `Commands` serves it as an ad-hoc command (XEP-0050) and, if `isForChat`, in a chat with the
/// gateway.
struct CommandDefinition {
    /// One execution of a command by a user.
    struct Call {
        let user: User
        let asker: Asker
        /// The form that the user sent with the command; nil if the user sent none.
        let form: DataForm?
    }

    /// The result of `run`.
    enum Reply {
        /// The command is finished. The user sees these lines.
        case done([String])
        /// The user must fill in this form and execute the command again.
        case form(DataForm)
        /// The feature calls `Commands.answer` later.
        case answeredLater
    }

    /// The node of the ad-hoc command. In a chat, the user types this word.
    let node: String
    /// The name that users see in lists of commands.
    let name: String
    /// Whether the command works in a chat: it needs no form.
    let isForChat: Bool
    /// Executes the command. Throws the refusal for the user.
    let run: (Call) throws(StanzaError) -> Reply
}
