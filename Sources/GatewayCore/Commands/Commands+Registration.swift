import GatewayKit
import XML
import XMPP

/// Serves the commands with a `CommandDefinition.RegistrationRole` as in-band registration (XEP-0077).
extension Commands {
    /// Answers a request for the registration form, with the user's saved settings (XEP-0077 §3.1.1).
    func registrationForm(for query: Query) throws(StanzaError) -> QueryOutcome {
        let (_, form) = try registration(query)
        var registration = Registration(instructions: form.instructions.joined(separator: "\n"))
        registration.isRegistered = form.isRegistered
        for field in form.fields {
            guard let known = Registration.Field(rawValue: field.name) else { continue }
            registration.fields[known] = field.values.joined(separator: "\n")
        }
        registration.form = form.dataForm()
        return .result(registration.element)
    }

    /// Carries out a submitted registration, or its removal.
    func submitRegistration(_ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let registration = try? Registration(query.payload), let sender = Sender(query.iq.head) else {
            throw StanzaError(.badRequest, "The registration cannot be read. Ask for its form first.")
        }
        if registration.isRemoval { return try removeRegistration(query, sender) }
        if registration.form?.type == .cancel { return .result(nil) }
        var (progress, form) = try self.registration(query)
        let (values, problems) = form.checked(try Self.values(of: registration, form))
        if let problem = problems.first { throw problem.error }
        progress.answer(values)
        return outcome(of: try run(progress, query.user, .query(sender)))
    }

    /// The submitted values. Values of the data form take precedence over legacy fields.
    private static func values(of registration: Registration, _ form: CommandForm) throws(StanzaError) -> CommandValues
    {
        var values = CommandValues()
        for (field, value) in registration.fields { values[field.rawValue] = [value] }
        if let submitted = registration.form { values = values.merging(try form.values(of: submitted)) }
        return values
    }

    private func removeRegistration(_ query: Query, _ sender: Sender) throws(StanzaError) -> QueryOutcome {
        guard let definition = definition(for: .removal, query) else {
            throw StanzaError(.notAllowed, "Unregister from the gateway itself, not from a network.")
        }
        return outcome(of: try run(CommandProgress(definition, at: query.target), query.user, .query(sender)))
    }

    private func registration(_ query: Query) throws(StanzaError) -> (CommandProgress, CommandForm) {
        guard let definition = definition(for: .form, query), let sender = Sender(query.iq.head) else {
            throw .notServed
        }
        var progress = CommandProgress(definition, at: query.target)
        guard case .form(let form, _) = try progress.stage(query.user, .query(sender)) else { throw .notServed }
        return (progress, form)
    }

    private func definition(for role: CommandDefinition.RegistrationRole, _ query: Query) -> CommandDefinition? {
        offered(at: query.target, query.user).first { $0.registration == role }
    }

    private func outcome(of reply: CommandDefinition.Reply) -> QueryOutcome {
        switch reply {
        case .done: .result(nil)
        case .answeredLater: .answeredLater
        }
    }
}
