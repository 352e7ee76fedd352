import GatewayKit
import XMPP

/// The login form of a network as XMPP clients see it (XEP-0077, XEP-0004), and the values that they submit.
struct RegistrationForm {
    /// The description of the adapter. Its login form has only the fields of this form.
    private let description: AdapterDescription
    private let form: FieldForm

    /// - Parameter isShared: whether the values apply to several networks. The form then has no fields for one network.
    init(_ description: AdapterDescription, isShared: Bool) {
        self.description = description
        form = FieldForm(fields: description.loginForm.filter { !isShared || !$0.isForOneNetwork })
    }

    /// The form with the user's saved settings. Secrets are left empty.
    ///
    /// - Parameter saved: nil if the user is not registered.
    func registration(_ saved: [String: String]?, for network: NetworkID? = nil) -> Registration {
        var registration = Registration(instructions: description.loginInstructions)
        registration.isRegistered = saved != nil
        for field in form.fields {
            guard let known = Registration.Field(rawValue: field.name) else { continue }
            registration.fields[known] = field.kind == .secret ? "" : saved?[field.name] ?? ""
        }
        registration.form = dataForm(saved ?? [:], for: network)
        return registration
    }

    /// The form as a data form (XEP-0004), with the user's saved settings. Secrets are left empty.
    ///
    /// - Parameter network: the network for which the settings are; nil for the gateway itself.
    func dataForm(_ saved: [String: String], for network: NetworkID? = nil) -> DataForm {
        DataForm(
            .form, title: network.map { "Settings for \($0)" } ?? "\(description.name) registration",
            instructions: [description.loginInstructions],
            fields: [DataForm.formType(Registration.namespace)] + form.dataFields(saved))
    }

    /// The submitted values of a registration, by field name. Values of the data form take precedence over legacy
    /// fields.
    func values(of registration: Registration) throws(StanzaError) -> [String: String] {
        var values: [String: String] = [:]
        if let form = registration.form { values = try self.values(of: form) }
        for (field, value) in registration.fields where values[field.rawValue] == nil { values[field.rawValue] = value }
        return values
    }

    /// The submitted values of a data form, by field name. Unknown and empty fields are left out. Throws the refusal
    /// for a field with more than one value (XEP-0004 §3.3).
    func values(of submitted: DataForm) throws(StanzaError) -> [String: String] {
        guard submitted.type == .submit else {
            throw StanzaError(.modify, .badRequest, "The form is not filled in: its type must be 'submit'.")
        }
        if let type = submitted.formType, type != Registration.namespace {
            throw StanzaError(.modify, .badRequest, "This form is not for a registration, but for '\(type)'.")
        }
        return try form.values(of: submitted)
    }

    /// The values of known fields that are filled in. A secret that is left empty keeps its saved value. Throws the
    /// refusal if a value is too long or has a line break, or if a required field is empty.
    func checked(_ values: [String: String], saved: [String: String]) throws(StanzaError) -> [String: String] {
        var filled = try form.checked(values)
        for field in form.fields where field.kind == .secret && filled[field.name] == nil {
            filled[field.name] = saved[field.name]
        }
        if let missing = form.fields.first(where: { $0.required && filled[$0.name] == nil }) {
            throw StanzaError(.modify, .notAcceptable, "Fill in '\(missing.label)'.")
        }
        return filled
    }
}
