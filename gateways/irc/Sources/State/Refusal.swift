import GatewayKit

/// What an error reply means for the request that it refuses (modern IRC docs, "Numerics";
/// `reference/conventions.md` §5.7).
struct Refusal: Sendable {
    /// A refusal with the numeric of its error reply. A numeric with several meanings has several rows.
    typealias Row = (numeric: Int, refusal: Refusal)

    /// The requests that it can be about.
    let kinds: Set<RequestKind>
    /// What it names.
    let place: Place
    let failure: Failure.Kind
    /// Words for people; `%` stands for the name.
    private let words: String

    enum Place: Sendable, Equatable {
        /// The parameter after our nick is the channel or nick.
        case name
        /// The parameter after our nick is the command.
        case command
        /// Nothing, or nothing that helps.
        case nothing
    }

    init(_ kinds: Set<RequestKind>, _ place: Place, _ failure: Failure.Kind, _ words: String) {
        self.kinds = kinds
        self.place = place
        self.failure = failure
        self.words = words
    }

    /// The name or command that an error reply is about.
    struct Subject {
        let name: FoldedName
        /// Nil if the name is no command of ours.
        let command: RequestKind?
    }

    /// Whether the error reply with that subject can be about that request.
    func fits(_ request: OpenRequest, _ subject: Subject) -> Bool {
        guard kinds.contains(request.kind) else { return false }
        return switch place {
        case .name: request.target == subject.name || request.person == subject.name
        case .command: request.kind == subject.command
        case .nothing: true
        }
    }

    /// The failure with the server's own words behind ours.
    func failure(for parameters: [String]) -> Failure {
        let name = parameters.count > 1 ? PlainText.of(parameters[1]).clipped(toBytes: 200) : ""
        let text = words.split(separator: "%", omittingEmptySubsequences: false).joined(separator: name)
        return Failure(failure, text + Refusal.serverWords(parameters))
    }

    /// For an error reply that is not in the table but has our label.
    static func unknown(_ parameters: [String]) -> Failure {
        Failure(.forbidden, "The network refused this." + serverWords(parameters))
    }

    private static func serverWords(_ parameters: [String]) -> String {
        guard parameters.count > 1, let last = parameters.last, !last.isEmpty else { return "" }
        return " The network says: \(PlainText.of(last).clipped(toBytes: 300))"
    }
}
