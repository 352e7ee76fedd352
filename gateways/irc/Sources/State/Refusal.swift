import GatewayKit

/// One meaning of an error reply: the requests that it can refuse, and their failure (modern IRC docs,
/// "Numerics").
struct Refusal: Sendable {
    /// A refusal with the numeric of its error reply. A numeric with several meanings has several rows.
    typealias Row = (numeric: Int, refusal: Refusal)

    /// The kinds of requests that the reply can refuse.
    let kinds: Set<RequestKind>
    /// The meaning of the reply's parameter after our nick.
    let subjectKind: SubjectKind
    let failure: Failure.Kind
    /// A text for people. `%` stands for the name.
    private let words: String

    /// The meaning of the parameter after our nick.
    enum SubjectKind: Sendable, Equatable {
        /// It is the channel or nick of the request.
        case name
        /// It is the command of the request.
        case command
        /// The reply has no such parameter, or one that does not identify the request.
        case nothing
    }

    /// - Parameter words: the text for the user. `%` stands for the channel or nick.
    init(_ kinds: Set<RequestKind>, _ subjectKind: SubjectKind, _ failure: Failure.Kind, _ words: String) {
        self.kinds = kinds
        self.subjectKind = subjectKind
        self.failure = failure
        self.words = words
    }

    /// The name or command that an error reply is about.
    struct Subject {
        let name: FoldedName
        /// Nil if the name is not the command of any `RequestKind`.
        let command: RequestKind?
    }

    /// Whether an error reply with this subject can refuse the request.
    func fits(_ request: OpenRequest, _ subject: Subject) -> Bool {
        guard kinds.contains(request.kind) else { return false }
        return switch subjectKind {
        case .name: request.target == subject.name || request.person == subject.name
        case .command: request.kind == subject.command
        case .nothing: true
        }
    }

    /// The failure for the user: our text, followed by the text of the server.
    func failure(for parameters: [String]) -> Failure {
        let name = parameters.count > 1 ? PlainText.withoutFormatting(parameters[1]).clipped(toBytes: 200) : ""
        let text = words.split(separator: "%", omittingEmptySubsequences: false).joined(separator: name)
        return Failure(failure, text + Refusal.serverWords(parameters))
    }

    /// The failure for an error reply that has our label but is not in the table.
    static func unknown(_ parameters: [String]) -> Failure {
        Failure(.forbidden, "The network refused this." + serverWords(parameters))
    }

    private static func serverWords(_ parameters: [String]) -> String {
        guard parameters.count > 1, let last = parameters.last, !last.isEmpty else { return "" }
        return " The network says: \(PlainText.withoutFormatting(last).clipped(toBytes: 300))"
    }
}
