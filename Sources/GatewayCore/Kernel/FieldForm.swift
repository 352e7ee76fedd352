import GatewayKit
import XMPP

/// Fields that an adapter describes (`FormField`), as fields of a data form (XEP-0004), and the values that a user has
/// submitted for them.
struct FieldForm {
    let fields: [FormField]

    /// Maximum length of a value, in bytes.
    private static let longestValue = 4_096

    /// The fields with the user's saved values. Secrets are left empty.
    func dataFields(_ saved: [String: String]) -> [DataForm.Field] {
        fields.map { field in
            DataForm.Field(
                field.name, field.formKind, label: field.label, isRequired: field.required,
                values: field.formValues(saved[field.name]), options: field.options.map { DataForm.Option($0) })
        }
    }

    /// The submitted values by field name. Unknown and empty fields are left out. Throws the refusal for a field with
    /// more than one value (XEP-0004 §3.3).
    func values(of form: DataForm) throws(StanzaError) -> [String: String] {
        var values: [String: String] = [:]
        for field in form.fields {
            guard let name = field.name, !field.values.isEmpty, let wanted = fields.first(where: { $0.name == name })
            else { continue }
            let value = field.values.joined(separator: "\n")
            guard field.values.count == 1 || wanted.kind == .lines, values.updateValue(value, forKey: name) == nil
            else {
                throw StanzaError(.badRequest, "Give one value for '\(name)'.")
            }
        }
        return values
    }

    /// The values of known fields that are filled in. Throws the refusal if a value is too long or has a line break, or
    /// if it is none of the field's options.
    func checked(_ values: [String: String]) throws(StanzaError) -> [String: String] {
        let known = Set(fields.map(\.name))
        let filled = values.filter { known.contains($0.key) && !$0.value.isEmpty }
        for field in fields { if let value = filled[field.name] { try check(value, of: field) } }
        return filled
    }

    private func check(_ value: String, of field: FormField) throws(StanzaError) {
        try Self.check(value, label: field.label, allowsLines: field.kind == .lines)
        guard field.options.isEmpty || field.options.contains(value) else {
            let words = "Choose one of these for '\(field.label)': \(field.options.joined(separator: ", "))."
            throw StanzaError(.notAcceptable, words)
        }
    }

    /// Checks the length and the characters of a value.
    ///
    /// - Parameter label: the words for the field in the refusal.
    static func check(_ value: String, label: String, allowsLines: Bool = false) throws(StanzaError) {
        guard value.utf8.count <= longestValue else {
            let words = "'\(label)' is longer than \(longestValue) bytes. Shorten it."
            throw StanzaError(.policyViolation, words)
        }
        let breaks: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
        let hasBreak = value.unicodeScalars.contains { scalar in
            breaks.contains(scalar.properties.generalCategory) && !(allowsLines && scalar == "\n")
        }
        guard !hasBreak else {
            let words = "'\(label)' has a line break or another control character. Remove it."
            throw StanzaError(.notAcceptable, words)
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
