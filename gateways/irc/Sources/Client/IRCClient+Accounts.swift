import GatewayKit

/// Accounts that users make over the connection (IRCv3 account-registration, a draft).
extension IRCClient {
    static let accountHandlers = [
        HandlerRow(.register, least: 2) { $0.receivedAccountReply($1) },
        HandlerRow(.verify, least: 2) { $0.receivedAccountReply($1) },
    ]

    /// Whether the server makes accounts over this connection.
    var makesAccounts: Bool { registration.capabilities.enabled.contains(.accountRegistration) }

    /// Handles the answer to REGISTER or VERIFY: the result, the account, and words. It may come when the user's line has
    /// its outcome already, because services take their time.
    private mutating func receivedAccountReply(_ line: Inbound) {
        let account = line.parameters[1].clipped(toBytes: 100)
        let isVerified = line.message.command == .verb(.verify)
        let result =
            switch line.parameters[0].uppercased() {
            case "SUCCESS": "The account \(account) is \(isVerified ? "verified" : "made")."
            case "VERIFICATION_REQUIRED":
                "The account \(account) waits for a code: write /verify \(account) and the code."
            default: "The network answers \(line.parameters[0].clipped(toBytes: 100)) about the account \(account)."
            }
        let words = line.parameters.dropFirst(2).joined(separator: " ").clipped(toBytes: 400)
        let text = words.isEmpty ? result : "\(result) The network says: \(words)"
        guard userLines.isCurrent(command: isVerified ? "VERIFY" : "REGISTER"),
            outbox.awaitsReply(.raw, label: line.label)
        else { return tell(text) }
        userLines.heard(PlainText.withoutFormatting(text))
    }
}
