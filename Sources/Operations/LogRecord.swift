import Basics
import Logging

/// One record, ready to be written as text or JSON.
struct LogRecord {
    /// A message or value of more bytes than this is cut to so many characters, so that a line stays short enough to
    /// read.
    static let valueLimit = 1_024

    /// Seconds since 1970-01-01T00:00:00Z.
    var time: Double
    var level: Logger.Level
    var label: String
    var message: String
    /// Fields in the order of their keys.
    var fields: [(String, Logger.Metadata.Value)]

    /// The record in the text format, without the line feed.
    var text: String {
        var line = "\(timeText) \(level.rawValue) \(LogText.escaped(label)): \(LogText.escaped(Self.cut(message)))"
        for (key, value) in fields {
            line += " \(LogText.key(key))=\(LogText.value(Self.cut(value.description)))"
        }
        return line
    }

    /// The record as JSON, without the line feed. Metadata is an object of its own, so that no key of it can replace
    /// one of ours.
    var json: String {
        var line = "{\"time\":\"\(timeText)\",\"level\":\"\(level.rawValue)\""
        line += ",\"label\":\(JSONText.quoted(label)),\"message\":\(JSONText.quoted(Self.cut(message)))"
        if !fields.isEmpty {
            line += ",\"metadata\":" + Self.object(fields)
        }
        return line + "}"
    }

    private var timeText: String { DateTime.print(time, decimals: .milliseconds) }

    /// The value, or a placeholder if its key says that it is secret.
    static func redacted(_ key: String, _ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
        let lowercased = key.lowercased()
        return secretWords.contains { lowercased.contains($0) } ? "<redacted>" : value
    }

    private static let secretWords = ["password", "secret", "token", "authorization", "api-key", "api_key", "apikey"]

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > valueLimit else { return text }
        return String(text.unicodeScalars.prefix(valueLimit)) + "…"
    }

    private static func object(_ fields: [(String, Logger.Metadata.Value)]) -> String {
        "{" + fields.map { "\(JSONText.quoted($0.0)):\(json($0.1))" }.joined(separator: ",") + "}"
    }

    private static func json(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): JSONText.quoted(cut(text))
        case .stringConvertible(let other): JSONText.quoted(cut(other.description))
        case .array(let values): "[" + values.map(json).joined(separator: ",") + "]"
        case .dictionary(let values):
            object(values.sorted { $0.key < $1.key }.map { ($0.key, redacted($0.key, $0.value)) })
        }
    }
}
