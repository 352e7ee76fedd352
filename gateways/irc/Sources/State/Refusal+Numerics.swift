import GatewayKit

extension Refusal {
    /// The rows of all files. A new file with rows adds them here.
    static let rows = [general, messages, rooms, nicks, moderation]

    /// The meanings of error replies by numeric, in the order of the rows.
    static let byNumeric = Dictionary(grouping: rows.joined(), by: \.numeric).mapValues { $0.map(\.refusal) }

    /// The kind of failure that an error reply means for a line or command that a user has typed.
    static func kind(_ number: Int, of line: OutboundLine) -> Failure.Kind {
        let rows = byNumeric[number] ?? []
        let kind = line.command.flatMap { RequestKind(command: $0) }
        let meaning = rows.first { row in kind.map { row.kinds.contains($0) } ?? false } ?? rows.first
        switch meaning?.failure {
        // The user has left out the parameters, and not this gateway.
        case .internal?: return .badRequest
        case let failure?: return failure
        case nil: return .forbidden
        }
    }

    /// Whether a reply with this number refuses something.
    static func isError(_ number: Int) -> Bool {
        byNumeric[number] != nil || number >= 400 && !informing.contains(number)
    }
}
