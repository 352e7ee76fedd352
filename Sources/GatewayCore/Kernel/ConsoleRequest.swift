/// A command that an operator of the machine sends to a gateway, without XMPP. The core answers it with
/// `Effect.consoleAnswer`.
package struct ConsoleRequest: Sendable, Equatable {
    /// The word of the command, such as `users`.
    package var command: String
    /// The values of its fields, by their names.
    package var values: [String: [String]]
    /// The name of the operator, for the record.
    package var by: String
    /// Whether the values are those of `ConsoleAnswer.next`, so that the command gives its next page.
    package var isNext = false

    package init(_ command: String, _ values: [String: [String]] = [:], by: String) {
        self.command = command
        self.values = values
        self.by = by
    }
}

/// Identifies a request of the console.
package struct ConsoleToken: Hashable, Sendable, Codable {
    package let rawValue: Int
    package init(_ rawValue: Int) { self.rawValue = rawValue }
}

/// One page of the answer to a command of the console.
package struct ConsoleAnswer: Sendable, Equatable {
    /// Sentences, one a line.
    package var lines: [String]
    /// The names and the headings of the columns.
    package var columns: [String] = []
    package var headings: [String] = []
    package var rows: [[String]] = []
    /// A long text, such as all data of a user.
    package var document: String?
    /// The request for the next page; nil if this is the last one.
    package var next: ConsoleRequest?

    package init(_ lines: [String]) { self.lines = lines }
}

/// The refusal of a command of the console, in words for the operator.
package struct ConsoleRefusal: Error, Sendable, Equatable {
    package let words: String
    /// Whether the gateway has no such command.
    package var isUnknown = false
}
