import GatewayKit

extension Refusal {
    /// The meaning of a `FAIL` reply by its code (IRCv3 standard-replies). The parameters are the command, the code,
    /// any context, and a text. A code that is not in the table means `.forbidden`.
    static func standardReply(_ parameters: [String]) -> [Refusal] {
        guard parameters.count >= 2 else { return [] }
        let failure = byCode[parameters[1].uppercased()] ?? .forbidden
        return [
            Refusal(
                RequestKind(command: parameters[0]).map { [$0] } ?? .all, .nothing, failure, "The network refused this."
            )
        ]
    }

    static let standardCodes: [(code: String, failure: Failure.Kind)] = [
        ("ACCOUNT_REQUIRED", .registrationRequired), ("NICKNAME_RESERVED", .conflict), ("NEED_MORE_PARAMS", .internal),
        ("INVALID_TARGET", .notFound), ("UNKNOWN_COMMAND", .unsupported), ("INVALID_UTF8", .notAcceptable),
    ]

    private static let byCode = Dictionary(
        standardCodes.map { ($0.code, $0.failure) }, uniquingKeysWith: { first, _ in first })
}
