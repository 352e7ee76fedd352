import XMPP

/// One command for users, served as an ad-hoc command (XEP-0050) and, unless it needs a form, in a chat with the gateway.
struct CommandDefinition {
    /// A user gives a command.
    struct Call {
        let user: User
        let asker: Asker
        /// The filled-in form, if there was one.
        let form: DataForm?
    }

    enum Step {
        /// The command has done its work; the lines say so.
        case done([String])
        /// The user has to fill in a form.
        case form(DataForm)
        /// `Commands.answer` follows.
        case later
    }

    /// The node of the ad-hoc command, and the word for it in a chat.
    let node: String
    let name: String
    /// Whether it can be given without a form.
    let isForChat: Bool
    let run: (Call) throws(StanzaError) -> Step
}
