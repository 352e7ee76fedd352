import GatewayCore

/// A command on the control socket: one line of JSON.
struct ControlRequest: Codable, Sendable, Equatable {
    /// The word of the command.
    var command: String
    var values: [String: [String]] = [:]
    /// The domain of a gateway; nil for all, or for the first one if the command concerns the program.
    var gateway: String?
    /// Whether the command concerns the program, not one gateway.
    var isForProgram = false
}

/// One part of the answer on the control socket: one line of JSON. The last line of an answer has neither lines nor an
/// error.
struct ControlReply: Codable, Sendable, Equatable {
    /// The gateway that answers.
    var gateway: String?
    var lines: [String]?
    var columns: [String]?
    var headings: [String]?
    var rows: [[String]]?
    var document: String?
    /// The words of a refusal.
    var error: String?
    /// Whether this is the last line.
    var isEnd: Bool?

    static let end = ControlReply(isEnd: true)

    init(gateway: String? = nil, error: String? = nil, isEnd: Bool? = nil) {
        self.gateway = gateway
        self.error = error
        self.isEnd = isEnd
    }

    init(_ answer: ConsoleAnswer, gateway: String) {
        self.gateway = gateway
        lines = answer.lines
        if !answer.columns.isEmpty {
            columns = answer.columns
            headings = answer.headings
            rows = answer.rows
        }
        document = answer.document
    }
}
