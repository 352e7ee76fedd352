import XMPP

/// The form of one step of a command.
struct CommandForm {
    let title: String
    var instructions: [String] = []
    /// The purpose of the form (XEP-0068); nil if it has none.
    var type: String?
    /// Whether the form shows settings that are stored already (XEP-0077 §3.1.1).
    var isRegistered = false
    var fields: [CommandField]

    /// A fault in the values of one field.
    struct Problem {
        let field: String
        let error: StanzaError
    }

    subscript(name: String) -> CommandField? { fields.first { $0.name == name } }

    /// The submitted values of the form's fields, not yet checked. Other fields are ignored. Throws if the form has
    /// another type than `submit` or another FORM_TYPE, or several values for a field that takes one (XEP-0004 §3.3).
    func values(of submitted: DataForm) throws(StanzaError) -> CommandValues {
        guard submitted.type == .submit else { throw .notFilledIn }
        if let own = type, let type = submitted.formType, type != own {
            throw StanzaError(.badRequest, "The FORM_TYPE of the form is '\(type)'. It must be '\(own)'.")
        }
        var values = CommandValues()
        for field in submitted.fields {
            guard let name = field.name, !field.values.isEmpty, let wanted = self[name] else { continue }
            guard values[name] == nil, field.values.count == 1 || wanted.takesSeveral else {
                throw StanzaError(.badRequest, "Give one value for '\(name)'.")
            }
            values[name] = field.values
        }
        return values
    }

    /// Checks all fields. Returns the values in their canonical form, without empty ones, and the problems.
    func checked(_ given: CommandValues) -> (values: CommandValues, problems: [Problem]) {
        var values = CommandValues()
        values.cleared = given.cleared
        var problems: [Problem] = []
        for field in fields {
            do throws(StanzaError) {
                let checked = try field.checked(given[field.name] ?? [])
                values[field.name] = checked.isEmpty ? nil : checked
                if field.kind == .secret { values.secrets.insert(field.name) }
                if field.kind == .lines { values.longTexts.insert(field.name) }
            } catch {
                problems.append(Problem(field: field.name, error: error))
            }
        }
        return (values, problems)
    }

    /// The data form (XEP-0004) to fill in.
    ///
    /// - Parameters:
    ///   - given: the values that the user has submitted before; nil shows the present values.
    ///   - problems: the faults of these values, which are shown beside their fields, and above the form as well: some
    ///     clients show neither the notes of a command nor the descriptions of fields.
    func dataForm(given: CommandValues? = nil, problems: [Problem] = []) -> DataForm {
        let faults = problems.compactMap(\.error.text).joined(separator: " ")
        var form = DataForm(
            .form, title: title, instructions: faults.isEmpty ? instructions : [faults] + instructions)
        if let type { form.fields.append(DataForm.formType(type)) }
        form.fields += fields.map { field in
            field.dataField(
                given: given.map { $0[field.name] ?? [] },
                problem: problems.first { $0.field == field.name }?.error.text)
        }
        return form
    }
}

extension CommandForm {
    /// A form that asks for one confirmation. The field's name is `confirm`.
    static func confirmation(_ title: String, _ question: String) -> CommandForm {
        CommandForm(
            title: title, instructions: [question],
            fields: [CommandField("confirm", .flag, label: "Are you sure?", isRequired: true)])
    }
}

extension CommandDefinition.Call {
    /// Checks that the user has answered `CommandForm.confirmation` with yes.
    func checkConfirmed() throws(StanzaError) {
        guard values.flag("confirm") else {
            throw StanzaError(.notAcceptable, "Nothing was changed, because you did not answer with yes.")
        }
    }
}
