import Basics
import GatewayKit

/// The rule that makes a JSON body (RFC 8259). Values are written as JSON values, never pasted into a text, so that no
/// value can end its string.
indirect enum JSONRule: Sendable {
    case text(FieldRule.Value)
    /// A whole number. A value that is none refuses the message.
    case integer(FieldRule.Value)
    /// `true` unless the value is empty or `false`.
    case boolean(FieldRule.Value)
    case list([JSONRule])
    case object([Member])
    case choice(condition: Template, then: JSONRule, otherwise: JSONRule?)

    struct Member: Sendable {
        let name: String
        let rule: JSONRule
    }

    /// The body as bytes. Throws `notAcceptable` if a value has not the type that the profile gives it.
    func body(_ values: TemplateValues) throws(Failure) -> [UInt8] {
        var writer = JSONWriter()
        if try !write(values, to: &writer) { writer.raw("{}") }
        return writer.bytes
    }

    /// Writes the value, or nothing if it is left out; returns whether it was written.
    private func write(_ values: TemplateValues, to writer: inout JSONWriter) throws(Failure) -> Bool {
        switch self {
        case .text(let rule):
            guard let text = FieldRule.text(rule, values) else { return false }
            writer.string(text)
        case .integer(let rule):
            guard let text = FieldRule.text(rule, values) else { return false }
            guard let number = Int(text), String(number) == text else {
                throw Failure(
                    .notAcceptable, "The message cannot be sent as it is.", detail: "a field needs a whole number")
            }
            writer.raw(text)
        case .boolean(let rule):
            guard let text = FieldRule.text(rule, values) else { return false }
            writer.raw(FieldRule.isTrue(text) ? "true" : "false")
        case .list(let rules): try write(rules, values, to: &writer)
        case .object(let members): try write(members, values, to: &writer)
        case .choice(let condition, let then, let otherwise):
            if FieldRule.isTrue(condition.text(values)) { return try then.write(values, to: &writer) }
            return try otherwise?.write(values, to: &writer) ?? false
        }
        return true
    }

    private func write(_ rules: [JSONRule], _ values: TemplateValues, to writer: inout JSONWriter) throws(Failure) {
        writer.raw("[")
        var isFirst = true
        for rule in rules {
            let start = writer.mark
            if !isFirst { writer.raw(",") }
            if try rule.write(values, to: &writer) { isFirst = false } else { writer.drop(to: start) }
        }
        writer.raw("]")
    }

    private func write(_ members: [Member], _ values: TemplateValues, to writer: inout JSONWriter) throws(Failure) {
        writer.raw("{")
        var isFirst = true
        for member in members {
            let start = writer.mark
            if !isFirst { writer.raw(",") }
            writer.string(member.name)
            writer.raw(":")
            if try member.rule.write(values, to: &writer) { isFirst = false } else { writer.drop(to: start) }
        }
        writer.raw("}")
    }

    /// The names that the templates use.
    var names: [String] {
        switch self {
        case .text(let rule), .integer(let rule), .boolean(let rule): FieldRule.names(rule)
        case .list(let rules): rules.flatMap(\.names)
        case .object(let members): members.flatMap(\.rule.names)
        case .choice(let condition, let then, let otherwise):
            condition.names + then.names + (otherwise?.names ?? [])
        }
    }
}

/// Writes a JSON text.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    /// The place to which `drop(to:)` goes back.
    var mark: Int { bytes.count }

    /// Removes everything after a mark.
    mutating func drop(to mark: Int) { bytes.removeSubrange(mark...) }

    mutating func raw(_ text: String) { bytes += text.utf8 }

    /// Writes a string with its quotes. Escapes what RFC 8259 §7 demands.
    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): raw("\\n")
            case 0..<0x20, 0x7F: bytes += "\\u00".utf8 + [Hex.digit(byte >> 4), Hex.digit(byte & 15)]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
