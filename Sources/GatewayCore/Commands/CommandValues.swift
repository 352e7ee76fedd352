/// The values of a command's fields, by the names of the fields. A field without a value has no entry.
struct CommandValues {
    private var values: [String: [String]] = [:]
    /// The names of the fields whose values must not be shown or logged.
    var secrets: Set<String> = []
    /// The names of the fields with texts of several lines, of which only the number of lines may be logged.
    var longTexts: Set<String> = []
    /// The names of the fields that the user has cleared. A secret that is neither cleared nor given keeps its stored
    /// value.
    var cleared: Set<String> = []

    init(_ values: [String: [String]] = [:]) { self.values = values }

    /// All fields with their values.
    var lists: [String: [String]] { values }

    /// All values of a field; nil if it has none.
    subscript(name: String) -> [String]? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// The value of a field; nil if it has none. The lines of a field with several are joined by LF.
    func text(_ name: String) -> String? { values[name].map { $0.joined(separator: "\n") } }

    /// The values of a field with any number of values.
    func list(_ name: String) -> [String] { values[name] ?? [] }

    /// Whether a flag is set. A missing flag is not set.
    func flag(_ name: String) -> Bool { values[name] == ["1"] }

    /// Every field with its text.
    var texts: [String: String] { values.mapValues { $0.joined(separator: "\n") } }

    /// The values of both. Those of `other` take precedence.
    func merging(_ other: CommandValues) -> CommandValues {
        var merged = self
        merged.values.merge(other.values) { $1 }
        merged.secrets.formUnion(other.secrets)
        merged.longTexts.formUnion(other.longTexts)
        merged.cleared.formUnion(other.cleared)
        return merged
    }

    /// The values without secrets and long texts, for the record of operators' commands:
    /// `jid=anna@example.org, reason=spam`.
    var recordText: String {
        values.sorted { $0.key < $1.key }.map { "\($0)=\(shown($0, $1))" }.joined(separator: ", ")
    }

    private func shown(_ name: String, _ values: [String]) -> String {
        if secrets.contains(name) { return "(secret)" }
        guard longTexts.contains(name) else { return values.joined(separator: " ") }
        return values.count == 1 ? "(1 line)" : "(\(values.count) lines)"
    }
}
