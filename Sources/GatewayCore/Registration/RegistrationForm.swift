import GatewayKit
import XMPP

/// The login form of a network as XMPP clients see it (XEP-0077, XEP-0004), and the values that they submit.
struct RegistrationForm {
    /// The description of the adapter. Its login form has only the fields of this form.
    private let description: AdapterDescription

    /// - Parameter isShared: whether the values apply to several networks. The form then has no fields for one network.
    init(_ description: AdapterDescription, isShared: Bool) {
        var description = description
        if isShared { description.loginForm.removeAll(where: \.isForOneNetwork) }
        self.description = description
    }

    /// Maximum length of a value, in bytes.
    private static let longestValue = 4_096

    /// The form with the user's saved settings. Secrets are left empty.
    ///
    /// - Parameter saved: nil if the user is not registered.
    func registration(_ saved: [String: String]?, for network: NetworkID? = nil) -> Registration {
        var registration = Registration(instructions: description.loginInstructions)
        registration.isRegistered = saved != nil
        for field in description.loginForm {
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
        let fields = description.loginForm.map { field in
            DataForm.Field(
                field.name, field.formKind, label: field.label, isRequired: field.required,
                values: field.formValues(saved[field.name]), options: field.options.map { DataForm.Option($0) })
        }
        return DataForm(
            .form, title: network.map { "Settings for \($0)" } ?? "\(description.name) registration",
            instructions: [description.loginInstructions],
            fields: [DataForm.formType(Registration.namespace)] + fields)
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
    func values(of form: DataForm) throws(StanzaError) -> [String: String] {
        guard form.type == .submit else {
            throw StanzaError(.modify, .badRequest, "The form is not filled in: its type must be 'submit'.")
        }
        if let type = form.formType, type != Registration.namespace {
            throw StanzaError(.modify, .badRequest, "This form is not for a registration, but for '\(type)'.")
        }
        var values: [String: String] = [:]
        for field in form.fields {
            guard let name = field.name, !field.values.isEmpty,
                let wanted = description.loginForm.first(where: { $0.name == name })
            else { continue }
            let value = field.values.joined(separator: "\n")
            guard field.values.count == 1 || wanted.kind == .lines, values.updateValue(value, forKey: name) == nil
            else {
                throw StanzaError(.modify, .badRequest, "Give one value for '\(name)'.")
            }
        }
        return values
    }

    /// The values of known fields that are filled in. A secret that is left empty keeps its saved value. Throws the
    /// refusal if a value is too long or has a line break, or if a required field is empty.
    func checked(_ values: [String: String], saved: [String: String]) throws(StanzaError) -> [String: String] {
        let known = Set(description.loginForm.map(\.name))
        var filled = values.filter { known.contains($0.key) && !$0.value.isEmpty }
        for field in description.loginForm { if let value = filled[field.name] { try check(value, of: field) } }
        for field in description.loginForm where field.kind == .secret && filled[field.name] == nil {
            filled[field.name] = saved[field.name]
        }
        if let missing = description.loginForm.first(where: { $0.required && filled[$0.name] == nil }) {
            throw StanzaError(.modify, .notAcceptable, "Fill in '\(missing.label)'.")
        }
        return filled
    }

    private func check(_ value: String, of field: FormField) throws(StanzaError) {
        guard value.utf8.count <= Self.longestValue else {
            let words = "'\(field.label)' is longer than \(Self.longestValue) bytes."
            throw StanzaError(.modify, .policyViolation, words)
        }
        let breaks: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
        let isBreak = { (scalar: Unicode.Scalar) in
            breaks.contains(scalar.properties.generalCategory) && !(field.kind == .lines && scalar == "\n")
        }
        guard !value.unicodeScalars.contains(where: isBreak) else {
            let words = "'\(field.label)' has a line break or another control character in it."
            throw StanzaError(.modify, .notAcceptable, words)
        }
        guard field.options.isEmpty || field.options.contains(value) else {
            let words = "'\(field.label)' is one of \(field.options.joined(separator: ", "))."
            throw StanzaError(.modify, .notAcceptable, words)
        }
    }
}

extension FormField {
    fileprivate var formKind: DataForm.Field.Kind {
        switch kind {
        case .secret: .textPrivate
        case .lines: .textMulti
        case .text: options.isEmpty ? .textSingle : .listSingle
        }
    }

    /// The values that show a saved value. A secret is not shown.
    fileprivate func formValues(_ saved: String?) -> [String] {
        guard let saved, kind != .secret else { return [] }
        return kind == .lines ? saved.split(separator: "\n").map(String.init) : [saved]
    }
}
