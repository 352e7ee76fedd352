import NIOCore

/// A message of several lines, as far as it has come in a batch of the type `draft/multiline`.
struct MultilineText: Sendable {
    /// The line that began the batch. It has the sender and the tags of the message.
    let opening: IRCMessage
    /// The label of our line that the message answers. Nil if it answers none.
    let label: Int?
    /// When the message is shown as far as it has come. A server sends the whole batch at once, so it will not go on.
    let end: NIODeadline
    private(set) var text = ""
    private var lines = 0

    /// The number of messages that may be coming at the same time on one connection.
    static let mostOpen = 16
    /// The number of bytes and of lines of one message. What is beyond becomes a message of its own.
    private static let mostBytes = 32_768
    private static let mostLines = 500
    /// The number of bytes of all messages that are coming at the same time on one connection.
    static let mostBytesOpen = 65_536
    /// How long a batch may stay open.
    static let timeout = TimeAmount.seconds(30)

    init(opening: IRCMessage, label: Int?, now: NIODeadline) {
        self.opening = opening
        self.label = label
        end = now + MultilineText.timeout
    }

    var isEmpty: Bool { lines == 0 }

    /// Whether a line of the batch belongs to the message: it has the same sender and target.
    func takes(_ line: IRCMessage) -> Bool {
        guard opening.parameters.count > 2, let target = line.parameters.first else { return false }
        return line.source == opening.source && target.lowercased() == opening.parameters[2].lowercased()
    }

    /// Whether a further line fits.
    func hasRoom(for line: String) -> Bool {
        isEmpty || (lines < Self.mostLines && text.utf8.count + line.utf8.count < Self.mostBytes)
    }

    /// Adds a line.
    ///
    /// - Parameter continues: whether the line continues the one before without a line break.
    mutating func add(_ line: String, continues: Bool) {
        if !isEmpty, !continues { text += "\n" }
        text += line
        lines += 1
    }

    /// The message as if it had come in one line.
    var message: IRCMessage {
        IRCMessage(
            tags: opening.tags, source: opening.source, command: .verb(.privmsg),
            parameters: [opening.parameters.count > 2 ? opening.parameters[2] : "", text])
    }
}
