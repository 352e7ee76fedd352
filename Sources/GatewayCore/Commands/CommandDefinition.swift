import XMPP

/// One command, defined once: its steps, its permission and its action.
///
/// `Commands` serves the definition in three ways: as an ad-hoc command (XEP-0050), in a chat with the gateway or with
/// one of its networks, and, if it has a `registration`, as in-band registration (XEP-0077). To add a command, write
/// one file with a feature that passes its definition to `Commands.add`.
struct CommandDefinition {
    /// The users who may see and execute a command.
    enum Permission {
        case everybody
        /// Users who may administer the gateway.
        case operators
        /// Users who may administer the program with all its gateways.
        case programOperators
    }

    /// The use of a command by in-band registration (XEP-0077).
    enum RegistrationRole {
        /// The command has one step: the registration form.
        case form
        case removal
    }

    /// Makes the form of one step; nil skips the step. It is called again after each answer, and when the user goes
    /// back, so it must have no effects.
    typealias Step = (Call) throws(StanzaError) -> CommandForm?

    /// The execution of a command by a user.
    struct Call {
        let user: User
        let asker: Asker
        /// The address at which the command is executed.
        let target: Target
        /// The checked values of the steps that the user has answered, by the names of the fields.
        let values: CommandValues
    }

    /// The result of `run`.
    enum Reply {
        /// The command is finished.
        case done(CommandResult)
        /// The feature calls `Commands.answer` later.
        case answeredLater
    }

    /// The node of the ad-hoc command.
    let node: String
    /// The word that a user types in a chat, in lower case and without a space.
    let word: String
    /// The name that users see in lists of commands.
    let name: String
    /// The addresses at which the command can be executed.
    let targets: TargetKinds
    let permission: Permission
    let registration: RegistrationRole?
    let steps: [Step]
    /// Whether a user can execute the command at an address now. Asked in addition to `targets` and `permission`.
    var isOffered: (User, Target) -> Bool = { _, _ in true }
    /// Whether a chat asks for the fields of the first step when the user types the command without values. If not, the
    /// command runs with these fields empty. Set it to false only if none of them is required.
    var asksInChat = true
    /// Executes the command when all steps are answered. A refusal that names a field (`StanzaError.about`) shows the
    /// form of the last step again.
    let run: (Call) throws(StanzaError) -> Reply

    /// - Parameters:
    ///   - word: by default the node.
    ///   - targets: by default the gateway itself.
    init(
        _ node: String, word: String? = nil, _ name: String, at targets: TargetKinds = .gateway,
        for permission: Permission = .everybody, registration: RegistrationRole? = nil, steps: [Step] = [],
        run: @escaping (Call) throws(StanzaError) -> Reply
    ) {
        self.node = node
        self.word = word ?? node
        self.name = name
        self.targets = targets
        self.permission = permission
        self.registration = registration
        self.steps = steps
        self.run = run
    }
}
