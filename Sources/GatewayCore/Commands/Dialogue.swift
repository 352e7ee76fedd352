import Basics
import GatewayKit
import XMPP

/// A command that a user executes in a chat: the gateway asks for one field after another.
struct Dialogue {
    /// The client that executes the command. No other client may continue it.
    let client: JID
    /// The address to which the client writes.
    let address: JID
    var progress: CommandProgress
    /// The form of the present step.
    var form: CommandForm
    /// Whether texts that are no answers go to the network (`Commands.takes`).
    let isExact: Bool
    /// The answers to fields of the present step.
    var values = CommandValues()
    /// The fields of the present step that the user has answered.
    private var answered: Set<String> = []
    /// The index of the field that was asked last.
    private(set) var asked = 0
    /// The index at which the questions continue after a field that is asked again; nil for the field after it.
    private var continuation: Int?
    /// The id of the message that answered the last question, while the feature of the command has yet to answer it.
    private(set) var runningID: String?
    /// Whether the feature of the command has yet to answer the last step.
    private(set) var isRunning = false
    var end: Timestamp

    init(client: Sender, isExact: Bool, progress: CommandProgress, form: CommandForm, end: Timestamp) {
        self.client = client.jid
        address = client.target
        self.isExact = isExact
        self.progress = progress
        self.form = form
        self.end = end
    }

    /// The field that the user is asked for; nil if all are answered.
    var field: CommandField? { asked < form.fields.count ? form.fields[asked] : nil }

    /// Marks the command as being carried out, after this message of the user.
    mutating func run(after message: Sender) {
        isRunning = true
        runningID = message.id
    }

    /// Marks the command as waiting for an answer of the user again.
    mutating func stopRunning() { (isRunning, runningID) = (false, nil) }

    /// Asks again for a field that was refused. Returns false if the form does not have it.
    mutating func askAgain(_ name: String) -> Bool {
        guard let index = form.fields.firstIndex(where: { $0.name == name }) else { return false }
        values[name] = nil
        answered.remove(name)
        (asked, continuation) = (index, asked)
        return true
    }

    /// Takes the user's text as the answer to the present field. Throws the refusal of the text.
    ///
    /// - Parameter isFirst: whether the text came with the command. It cannot go to a network by mistake.
    mutating func answer(_ text: String, isFirst: Bool = false) throws(StanzaError) {
        guard let field else { return }
        values.cleared.remove(field.name)
        switch text {
        case "-": values[field.name] = try field.checked(field.values).nilIfEmpty
        case "clear":
            guard !field.isRequired else { throw field.refusal(.notAcceptable, "Fill in '\(field.label)'.") }
            values[field.name] = nil
            values.cleared.insert(field.name)
        default:
            if needsMark(field), !isFirst, !text.hasPrefix("=") {
                throw field.refusal(.notAcceptable, "Write '=' before the answer, so that it cannot go to the network.")
            }
            values[field.name] = try field.checked(field.values(typed: text)).nilIfEmpty
        }
        if field.kind == .secret { values.secrets.insert(field.name) }
        answered.insert(field.name)
        asked = continuation ?? asked + 1
        continuation = nil
    }

    /// Whether an answer to the field must begin with `=`. The gateway forgets dialogues when it restarts, and then the
    /// answer would be a line for the network. `NetworkChat` sends no line that begins so.
    private func needsMark(_ field: CommandField) -> Bool { isExact && field.kind == .secret }

    /// Leaves all fields that the user has not answered as they are. Stops at the first required one without a value.
    mutating func leaveRest() {
        while let field {
            if !answered.contains(field.name) {
                guard let kept = try? field.checked(field.values) else { return }
                values[field.name] = kept.nilIfEmpty
            }
            asked += 1
            continuation = nil
        }
    }

    /// Goes back to the field before. Returns false if this is the first of the form.
    mutating func goBack() -> Bool {
        guard asked > 0 else { return false }
        continuation = nil
        asked -= 1
        return true
    }

    // MARK: Words

    /// The title and the explanation of the form.
    var opening: [String] { [form.title] + form.instructions.filter { !$0.isEmpty } }

    /// The question for the present field. A secret is never shown.
    var question: String {
        guard let field else { return "" }
        var notes: [String] = []
        if let hint = field.hint { notes.append(hint) }
        if !field.isRequired { notes.append("optional") }
        if field.hasStoredSecret {
            notes.append("a value is stored; '-' keeps it" + (field.isRequired ? "" : ", 'clear' deletes it"))
        } else if !field.values.isEmpty {
            let shown =
                field.kind == .flag ? (field.values == ["1"] ? "yes" : "no") : field.values.joined(separator: ", ")
            notes.append("now \(shown); '-' keeps it")
        } else if !field.isRequired {
            notes.append("'-' leaves it empty")
        }
        if needsMark(field) { notes.append("write '=' before it") }
        if field.kind == .secret { notes.append("your client and server may keep your answer: delete it afterwards") }
        var words = field.label + (notes.isEmpty ? ":" : " (\(notes.joined(separator: "; "))):")
        if let explanation = field.explanation { words += "\n\(explanation)" }
        for (number, option) in field.options.enumerated() {
            words += "\n\(number + 1). \(option.label)"
        }
        return words
    }

    /// The words that open the dialogue. A single question needs few of them.
    var introduction: String {
        form.fields.count > 1
            ? Self.controls
            : "Answer with one message, or send 'cancel' to end the command without a change. 'help' names the other"
                + " words."
    }

    /// The words that the user can send in any dialogue.
    static let controls =
        "Answer each question with one message. 'back' returns to the question before, 'done' skips the questions that"
        + " are left, 'cancel' ends the command without a change. '-' keeps a value, 'clear' deletes it. Write '='"
        + " before an answer that is one of these words."
}

extension CommandField {
    /// The form of an answer in a chat; nil for a text of one line.
    fileprivate var hint: String? {
        switch kind {
        case .flag: "yes or no"
        case .choice: "a number or the beginning of an option"
        case .choices: "numbers or beginnings of options, with commas between them, or 'all'"
        case .jids: "several with commas between them"
        case .lines: "several lines in one message"
        case .text, .secret, .jid: nil
        }
    }

    /// The values that a text means. A choice is its number, its value or label, or a unique beginning of these.
    /// Several values are separated by commas or white space, several lines by line breaks.
    fileprivate func values(typed text: String) -> [String] {
        let text = text.hasPrefix("=") ? String(text.dropFirst()) : text
        switch kind {
        case .text, .secret: return [text]
        case .lines: return text.split(separator: "\n").map(String.init)
        // Every text begins with the empty text, so an empty answer must not mean yes.
        case .flag where text.isEmpty: return []
        case .flag: return ["yes", "no"].first { $0.hasPrefix(text.lowercased()) }.map { [$0] } ?? [text]
        case .choice: return [option(typed: text)]
        case .choices:
            if text.lowercased() == "all" { return options.map(\.value) }
            return Self.parts(of: text).map(option(typed:))
        case .jid: return [text.trimmed]
        case .jids: return Self.parts(of: text)
        }
    }

    private static func parts(of text: String) -> [String] {
        text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    /// The value of the option that a text names; the text itself if it names none, or more than one.
    private func option(typed text: String) -> String {
        guard !text.isEmpty else { return text }
        if let exact = options.first(where: { $0.value == text || $0.label == text }) { return exact.value }
        if let number = Int(text), options.indices.contains(number - 1) { return options[number - 1].value }
        let wanted = text.lowercased()
        let begun = options.filter {
            $0.value.lowercased().hasPrefix(wanted) || $0.label.lowercased().hasPrefix(wanted)
        }
        return begun.count == 1 ? begun[0].value : text
    }
}

extension [String] {
    fileprivate var nilIfEmpty: [String]? { isEmpty ? nil : self }
}
