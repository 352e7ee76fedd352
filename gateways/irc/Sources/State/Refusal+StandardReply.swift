import GatewayKit

extension Refusal {
    /// The meaning of a `FAIL` reply by its code (IRCv3 standard-replies). A code that is not in the table means
    /// `.forbidden`.
    static func standardReply(code: String) -> Refusal {
        Refusal(.all, .nothing, byCode[code.uppercased()] ?? .forbidden, "The network refused this.")
    }

    static let standardCodes: [(code: String, failure: Failure.Kind)] = [
        ("ACCOUNT_REQUIRED", .registrationRequired), ("NICKNAME_RESERVED", .conflict), ("NEED_MORE_PARAMS", .internal),
        ("INVALID_TARGET", .notFound), ("UNKNOWN_COMMAND", .unsupported), ("INVALID_UTF8", .notAcceptable),
        ("CANNOT_SEND", .forbidden), ("NO_SUCH_CHANNEL", .notFound), ("NO_SUCH_NICK", .notFound),
        ("MULTILINE_MAX_BYTES", .tooLong), ("MULTILINE_MAX_LINES", .tooLong), ("MULTILINE_INVALID", .notAcceptable),
        ("MULTILINE_INVALID_TARGET", .notFound), ("MESSAGE_TOO_LONG", .tooLong), ("RATE_LIMITED", .rateLimited),
        ("INVALID_PARAMS", .notAcceptable),
        // Accounts (IRCv3 account-registration).
        ("ACCOUNT_EXISTS", .conflict), ("BAD_ACCOUNT_NAME", .notAcceptable),
        ("ACCOUNT_NAME_MUST_BE_NICK", .notAcceptable), ("WEAK_PASSWORD", .notAcceptable),
        ("UNACCEPTABLE_PASSWORD", .notAcceptable), ("INVALID_EMAIL", .notAcceptable),
        ("UNACCEPTABLE_EMAIL", .notAcceptable), ("INVALID_CODE", .notAuthorized),
        ("TEMPORARILY_UNAVAILABLE", .remoteDown),
    ]

    private static let byCode = Dictionary(
        standardCodes.map { ($0.code, $0.failure) }, uniquingKeysWith: { first, _ in first })
}
