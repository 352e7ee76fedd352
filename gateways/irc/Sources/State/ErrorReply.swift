import GatewayKit

/// An error numeric, a `FAIL` or a notice of the server, reduced to the parts that tell which request it refuses.
struct ErrorReply {
    /// The rows for its numeric or code. Empty if the tables have none.
    let meanings: [Refusal]
    /// The kinds of requests that it can refuse. Nil for all.
    let kinds: Set<RequestKind>?
    /// The parameter after our nick as a name. Nil if there is none.
    let subject: FoldedName?
    /// The parameter after our nick as a command. Nil if it is the command of no request.
    let command: RequestKind?
    /// All parameters that can be names.
    let names: [FoldedName]
    /// Whether it has a parameter between our nick and the text, which names the subject of the error.
    let isAboutSomething: Bool
    /// The names in its text.
    let namesInText: NamesInText
    /// The parameters, beginning with our nick or the command.
    let parameters: [String]
    /// The label of our line that it answers.
    let label: Int?
    /// The channel to which the server forwards a JOIN (470). Nil for any other reply.
    let elsewhere: Address?

    /// An error numeric.
    ///
    /// - Parameter elsewhere: the other channel of a reply that forwards (470).
    init(
        numeric: Int, _ parameters: [String], label: Int?, elsewhere: Address? = nil, fold: (String) -> FoldedName
    ) {
        meanings = Refusal.byNumeric[numeric] ?? []
        kinds = nil
        subject = parameters.count > 1 ? fold(parameters[1]) : nil
        command = parameters.count > 1 ? RequestKind(command: parameters[1]) : nil
        names = ErrorReply.names(parameters.dropFirst(), fold)
        isAboutSomething = parameters.count > 2
        namesInText = NamesInText(parameters.count > 1 ? parameters[parameters.count - 1] : "")
        self.parameters = parameters
        self.label = label
        self.elsewhere = elsewhere
    }

    /// A `FAIL` reply: the command, the code, any context, and a text (IRCv3 standard-replies). Nil if the command is
    /// not one of a request.
    init?(failure parameters: [String], label: Int?, fold: (String) -> FoldedName) {
        guard parameters.count >= 2 else { return nil }
        let kind = RequestKind(command: parameters[0])
        guard kind != nil || parameters[0] == "*" || label != nil else { return nil }
        meanings = [Refusal.standardReply(code: parameters[1])]
        kinds = kind.map { $0 == .message ? [.message, .ctcp] : [$0] }
        subject = nil
        command = nil
        names = ErrorReply.names(parameters.dropFirst(2), fold)
        isAboutSomething = parameters.count > 3
        namesInText = NamesInText(parameters.count > 2 ? parameters[parameters.count - 1] : "")
        self.parameters = parameters
        self.label = label
        elsewhere = nil
    }

    /// A notice of the server to us. Nil if its words do not refuse anything.
    init?(notice text: String) {
        guard NamesInText.refuse(text) else { return nil }
        meanings = []
        kinds = nil
        subject = nil
        command = nil
        names = []
        isAboutSomething = true
        namesInText = NamesInText(text)
        parameters = ["", text]
        label = nil
        elsewhere = nil
    }

    private static func names(_ parameters: ArraySlice<String>, _ fold: (String) -> FoldedName) -> [FoldedName] {
        parameters.prefix(8).filter { !$0.utf8.contains(UInt8(ascii: " ")) }.map(fold)
    }

    /// The failure of the refused request.
    func failure(of request: OpenRequest) -> Failure {
        let meaning =
            meanings.first { $0.applies(to: request, by: self) }
            ?? meanings.first { $0.subjectKind == .nothing && $0.kinds.contains(request.kind) }
            ?? meanings.first { $0.kinds.contains(request.kind) }
        let named = request.kind == .join ? Refusal.ofMode(in: parameters) ?? meaning : meaning
        var failure = named?.failure(for: parameters) ?? Refusal.unknown(parameters)
        if request.kind == .join { failure.elsewhere = elsewhere }
        return failure
    }

    /// Whether the reply can refuse requests of this kind without naming them.
    func canRefuseNameless(_ kind: RequestKind) -> Bool {
        guard kinds?.contains(kind) ?? true else { return false }
        let nameless = meanings.filter { $0.subjectKind == .nothing }
        if !nameless.isEmpty { return nameless.contains { $0.kinds.contains(kind) } }
        guard !isAboutSomething else { return false }
        return meanings.isEmpty || meanings.contains { $0.kinds.contains(kind) }
    }
}
