/// The value of the capability `draft/multiline`, such as `max-bytes=4096,max-lines=24` (IRCv3 multiline, a draft).
struct MultilineLimits: Equatable, Sendable {
    /// The number of bytes that the lines of a message may have together, with one for each line feed between them.
    let bytes: Int
    /// The number of lines that a batch may have.
    let lines: Int

    /// More lines are never sent in one batch, whatever the server takes.
    static let mostLines = 100
    /// The name of the type of batches.
    static let batchType = "draft/multiline"

    /// Nil if the value has no `max-bytes`, which is required.
    init?(_ value: String) {
        var bytes: Int?
        var lines = MultilineLimits.mostLines
        for token in value.split(separator: ",") {
            guard let number = Int(token.drop { $0 != "=" }.dropFirst()), number > 0 else { continue }
            switch token.prefix(while: { $0 != "=" }) {
            case "max-bytes": bytes = number
            case "max-lines": lines = min(number, MultilineLimits.mostLines)
            default: break
            }
        }
        guard let bytes else { return nil }
        self.bytes = bytes
        self.lines = lines
    }
}
