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

    /// Whether an error reply refuses the request by the name or command in its parameter after our nick. False if the
    /// reply has no such parameter.
    func applies(to request: OpenRequest, by reply: ErrorReply) -> Bool {
        guard kinds.contains(request.kind) else { return false }
        return switch subjectKind {
        case .name: reply.subject.map { request.target == $0 || request.secondName == $0 } ?? false
        case .command: request.kind == reply.command
        case .nothing: false
        }
    }

    /// The failure for the user: our text, followed by the words of the server.
    func failure(for parameters: [String]) -> Failure {
        let name = parameters.count > 1 ? PlainText.withoutFormatting(parameters[1]).clipped(toBytes: 200) : ""
        let text = words.split(separator: "%", omittingEmptySubsequences: false).joined(separator: name)
        return Failure(failure, text + Refusal.serverWords(parameters))
    }
}
