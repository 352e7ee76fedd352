import Basics

/// A JSON text as a value (RFC 8259). Numbers keep their spelling, because ids of 64 bits must not pass through a
/// floating-point number.
indirect enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    /// An object. If several members have one name, the last one counts.
    case object([String: JSONValue])

    /// The text of a string, number or truth value; nil for other values.
    var scalar: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    /// The value at a JSON pointer (RFC 6901), given as its unescaped steps; nil if there is none.
    func value(at steps: [String]) -> JSONValue? {
        var value = self
        for step in steps {
            switch value {
            case .object(let members):
                guard let next = members[step] else { return nil }
                value = next
            case .array(let items):
                guard step.isASCIIDigits, let index = Int(step), items.indices.contains(index) else { return nil }
                value = items[index]
            default: return nil
            }
        }
        return value
    }

    /// The steps of a pointer such as `/messages/0/id`; nil unless it starts with `/`.
    static func steps(ofPointer pointer: String) -> [String]? {
        guard pointer.hasPrefix("/") else { return nil }
        return pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { step in
            step.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
                .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
        }
    }
}
