import GatewayKit
import XMPP

/// One question of a command's form.
struct CommandField {
    /// The form of the answer.
    enum Kind {
        case text
        /// A text that is never shown again.
        case secret
        /// Several lines of text.
        case lines
        /// Yes or no.
        case flag
        /// One of the options.
        case choice
        /// Any number of the options.
        case choices
        /// A bare JID.
        case jid
        /// Any number of bare JIDs.
        case jids
    }

    /// One choice: its value, and the words for it.
    struct Option {
        let value: String
        let label: String

        init(_ value: String, label: String? = nil) {
            self.value = value
            self.label = label ?? value
        }
    }

    let name: String
    let label: String
    let kind: Kind
    var explanation: String?
    var isRequired: Bool
    /// The values that are stored now. Forms show them; in a chat, `-` keeps them.
    var values: [String]
    var options: [Option]
    /// Whether a choice may have other values than the options, because there are too many to list.
    var allowsOtherValues = false
    /// Whether a secret is stored already. An empty answer keeps it.
    var hasStoredSecret = false

    init(
        _ name: String, _ kind: Kind, label: String, explanation: String? = nil, isRequired: Bool = false,
        values: [String] = [], options: [Option] = []
    ) {
        self.name = name
        self.label = label
        self.kind = kind
        self.explanation = explanation
        self.isRequired = isRequired
        self.values = values
        self.options = options
    }

    /// A field that an adapter describes, with the user's saved value.
    init(_ field: FormField, saved: String?) {
        let kind: Kind =
            switch field.kind {
            case .secret: .secret
            case .lines: .lines
            case .text: field.options.isEmpty ? .text : .choice
            }
        self.init(
            field.name, kind, label: field.label, isRequired: field.required,
            options: field.options.map { Option($0) })
        hasStoredSecret = saved != nil && kind == .secret
        guard let saved, kind != .secret else { return }
        values = kind == .lines ? saved.split(separator: "\n").map(String.init) : [saved]
    }

    /// Whether the field takes more than one value.
    var takesSeveral: Bool {
        switch kind {
        case .lines, .choices, .jids: true
        case .text, .secret, .flag, .choice, .jid: false
        }
    }

    // MARK: Checks

    /// Maximum of values of one field.
    static let mostValues = 1_000

    /// Checks the values that a user has given, and returns them in their canonical form. Empty values count as no
    /// value. Throws the refusal, which names the field.
    func checked(_ given: [String]) throws(StanzaError) -> [String] {
        let given = given.filter { !$0.isEmpty }
        guard given.count <= Self.mostValues else {
            throw refusal(.policyViolation, "'\(label)' has more than \(Self.mostValues) values. Give fewer.")
        }
        guard !given.isEmpty || !isRequired || hasStoredSecret else {
            throw refusal(.notAcceptable, "Fill in '\(label)'.")
        }
        if kind == .lines { try checkText(given.joined(separator: "\n")) }
        var values: [String] = []
        for value in given { values.append(try checked(value)) }
        return values
    }

    private func checkText(_ text: String) throws(StanzaError) {
        do throws(StanzaError) {
            try FieldForm.check(text, label: label, allowsLines: kind == .lines)
        } catch {
            throw error.about(name)
        }
    }

    private func checked(_ value: String) throws(StanzaError) -> String {
        try checkText(value)
        switch kind {
        case .text, .secret, .lines: return value
        case .flag:
            guard let isOn = Self.flag(value) else {
                throw refusal(.notAcceptable, "Answer '\(label)' with yes or no.")
            }
            return isOn ? "1" : "0"
        case .choice, .choices:
            guard allowsOtherValues || options.contains(where: { $0.value == value }) else {
                throw refusal(.notAcceptable, "Choose one of these for '\(label)': \(listedOptions).")
            }
            return value
        case .jid, .jids:
            guard let jid = try? JID(value), jid.resource == nil else {
                let words =
                    "Give an address without a resource for '\(label)', such as anna@example.org or example.org."
                throw refusal(.notAcceptable, words)
            }
            return jid.description
        }
    }

    /// The labels of the first options, for a refusal.
    private var listedOptions: String {
        let most = 20
        let labels = options.prefix(most).map(\.label) + (options.count > most ? ["…"] : [])
        return labels.joined(separator: ", ")
    }

    /// The boolean that a form or a person writes (XEP-0004 §3.3); nil if it is none.
    static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "true", "yes", "y": true
        case "0", "false", "no", "n": false
        default: nil
        }
    }

    /// The refusal of a value of this field.
    func refusal(_ condition: StanzaError.Condition, _ text: String) -> StanzaError {
        StanzaError(condition, text).about(name)
    }
}

extension CommandField {
    /// The field of a data form (XEP-0004).
    ///
    /// - Parameters:
    ///   - given: values to show in the place of the present ones; nil shows those. Secrets are never shown.
    ///   - problem: the words that tell what is wrong with the given values.
    func dataField(given: [String]? = nil, problem: String? = nil) -> DataForm.Field {
        DataForm.Field(
            name, formKind, label: label, explanation: problem ?? explanation,
            isRequired: isRequired && !hasStoredSecret,
            values: kind == .secret ? [] : given ?? values,
            options: options.map { DataForm.Option($0.value, label: $0.label) })
    }

    private var formKind: DataForm.Field.Kind {
        switch kind {
        case .text: .textSingle
        case .secret: .textPrivate
        case .lines: .textMulti
        case .flag: .boolean
        case .choice: .listSingle
        case .choices: .listMulti
        case .jid: .jidSingle
        case .jids: .jidMulti
        }
    }
}
