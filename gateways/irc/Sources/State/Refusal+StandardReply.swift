import GatewayKit

extension Refusal {
    /// What a `FAIL` reply means by its code (IRCv3 standard-replies); its parameters are the command, the code, any
    /// context, and words.
    static func standardReply(_ parameters: [String]) -> [Refusal] {
        guard parameters.count >= 2 else { return [] }
        let kind = RequestKinds(command: parameters[0])
        let failure = byCode[parameters[1].uppercased()] ?? .forbidden
        return [Refusal(kind.isEmpty ? .all : kind, .nothing, failure, "The network refused this.")]
    }

    private static let byCode: [String: Failure.Kind] = [
        "ACCOUNT_REQUIRED": .registrationRequired, "NICKNAME_RESERVED": .conflict, "NEED_MORE_PARAMS": .internal,
        "INVALID_TARGET": .notFound, "UNKNOWN_COMMAND": .unsupported, "INVALID_UTF8": .notAcceptable,
    ]
}
