import Basics
import Crypto

/// One attempt to log in, by one mechanism.
enum SASLExchange: Sendable {
    case external
    case challenge(account: String, P256.Signing.PrivateKey, isNamed: Bool)
    case scram(ScramExchange)
    case plain(account: String, password: [UInt8])

    /// - Parameter nonce: as for `ScramExchange`.
    /// - Returns: nil if the user has no proof for the mechanism.
    init?(_ mechanism: SASLMechanism, _ credentials: Credentials, nonce: String) {
        switch (mechanism, credentials.password, credentials.identity?.signingKey) {
        case (.external, _, _): self = .external
        case (.challenge, _, let key?):
            self = .challenge(account: credentials.account, key, isNamed: false)
        case (.scram, let password?, _):
            self = .scram(ScramExchange(account: credentials.account, password: password, nonce: nonce))
        case (.plain, let password?, _):
            self = .plain(account: credentials.account, password: Array(password.reveal().utf8))
        default: return nil
        }
    }

    /// Whether the server has given the proof that the mechanism demands of it. True if it demands none.
    var isProved: Bool {
        if case .scram(let exchange) = self { exchange.isProved } else { true }
    }

    /// Whether `derive` has a key to compute.
    var isDeriving: Bool {
        if case .scram(let exchange) = self { exchange.isDeriving } else { false }
    }

    /// Handles a message of the server.
    mutating func received(_ message: [UInt8]) -> ScramExchange.Step {
        switch self {
        // The message is empty: Atheme refuses some certificates if the account is named here.
        case .external: return .send([])
        case .plain(let account, let password):
            return .send([0] + Array(account.utf8) + [0] + password)
        case .challenge(let account, let key, let isNamed):
            guard isNamed else {
                self = .challenge(account: account, key, isNamed: true)
                return .send(Array(account.utf8))
            }
            return ChallengeSignature.sign(message, with: key).map { .send($0) }
                ?? .failed("The server sent a challenge that cannot be signed.")
        case .scram(var exchange):
            let step = exchange.received(message)
            self = .scram(exchange)
            return step
        }
    }

    /// Does some iterations of the key derivation. Returns the message to send when it is complete, and nil before.
    mutating func derive(_ iterations: Int) -> [UInt8]? {
        guard case .scram(var exchange) = self else { return nil }
        let message = exchange.derive(iterations)
        self = .scram(exchange)
        return message
    }
}
