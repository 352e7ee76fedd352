import XMPP

/// A command that a user executes, with the steps that the user has answered.
struct CommandProgress {
    let definition: CommandDefinition
    let target: Target
    /// The checked values of the answered steps; nil for a step that was skipped.
    private(set) var answers: [CommandValues?] = []

    init(_ definition: CommandDefinition, at target: Target) {
        self.definition = definition
        self.target = target
    }

    /// The next action of the command.
    enum Stage {
        /// The user must fill in the form.
        case form(CommandForm, isLast: Bool)
        /// All steps are answered.
        case ready
    }

    /// Whether the user can go back to an earlier step.
    var hasEarlierStep: Bool { answers.contains { $0 != nil } }

    func call(_ user: User, _ asker: Asker) -> CommandDefinition.Call {
        let values = answers.compactMap(\.self).reduce(CommandValues()) { $0.merging($1) }
        return CommandDefinition.Call(user: user, asker: asker, target: target, values: values)
    }

    /// The form of the next step, or `.ready` after the last one. Steps without a form are skipped. Throws if a step
    /// refuses the user.
    mutating func stage(_ user: User, _ asker: Asker) throws(StanzaError) -> Stage {
        while answers.count < definition.steps.count {
            if let form = try definition.steps[answers.count](call(user, asker)) {
                return .form(form, isLast: answers.count == definition.steps.count - 1)
            }
            answers.append(nil)
        }
        return .ready
    }

    /// Answers the present step with checked values.
    mutating func answer(_ values: CommandValues) { answers.append(values) }

    /// Goes back to the step that was answered last, and returns its values; nil if this is the first step.
    @discardableResult
    mutating func goBack() -> CommandValues? {
        while let last = answers.popLast() { if let last { return last } }
        return nil
    }
}
