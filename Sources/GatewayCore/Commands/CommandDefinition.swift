import XMPP

/// One command for users. `Commands` serves it as an ad-hoc command (XEP-0050) and, if `isForChat`, in a chat with the
/// gateway.
struct CommandDefinition {
    /// One step of a command that a user executes.
    struct Call {
        let user: User
        let asker: Asker
        /// The address at which the command is executed.
        let target: Target
        /// The forms that the user has submitted, the first stage first.
        let forms: [DataForm]

        /// The form of the latest stage; nil if the user has submitted none.
        var form: DataForm? { forms.last }
    }

    /// The result of `run`.
    enum Reply {
        /// The command is finished. The user sees these lines.
        case done([String])
        /// The user must fill in this form. If the stage is not the last one, another form follows.
        case form(DataForm, isLastStage: Bool = true)
        /// The feature calls `Commands.answer` later.
        case answeredLater
    }

    /// The node of the ad-hoc command. In a chat, the user types this word.
    let node: String
    /// The name that users see in lists of commands.
    let name: String
    /// Whether the command works in a chat: it needs no form.
    let isForChat: Bool
    /// The addresses at which the command can be executed.
    var targets: TargetKinds = .gateway
    /// Whether only the operator's administrators may see and execute it.
    var isForAdmins = false
    /// Executes one step of the command. Throws the refusal for the user. The result depends on the submitted forms
    /// alone: to go back a stage, `Commands` calls it without the last form.
    let run: (Call) throws(StanzaError) -> Reply
}
