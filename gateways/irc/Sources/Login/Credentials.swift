import Basics

/// The user's account on a network, and the proofs that it is the user's.
struct Credentials: Sendable {
    /// The name of the account.
    var account: String
    /// The password of the account. Nil if the user has given none.
    var password: Secret?
    /// The certificate and key of the user. Nil if the user has none.
    var identity: ClientIdentity?
    /// Whether the connection shows the certificate to the server. Without TLS it does not.
    var showsCertificate = false
    /// The only mechanism to use, if the user has chosen one.
    var mechanism: SASLMechanism?
    /// Whether a connection is useless without the login. Otherwise the user is only told that it has failed.
    var isRequired = true

    /// Makes the credentials of an account from its settings. Nil if they have no proof.
    ///
    /// - Parameters:
    ///   - nick: the name of the account, if the settings have none.
    ///   - isEncrypted: whether the connection is one with TLS, which shows the certificate.
    init?(_ settings: [String: String], nick: String, network: IRCNetwork, isEncrypted: Bool) {
        let password = settings[LoginField.accountPassword.rawValue]
        let identity = settings[LoginField.certificateKey.rawValue].flatMap(ClientIdentity.init)
        guard password != nil || identity != nil else { return nil }
        self.init(
            account: settings[LoginField.account.rawValue] ?? nick, password: password.map { Secret($0) },
            identity: identity, showsCertificate: identity != nil && isEncrypted,
            mechanism: settings[LoginField.mechanism.rawValue].flatMap(SASLMechanism.init),
            isRequired: network.requiresLogin)
    }

    init(
        account: String, password: Secret? = nil, identity: ClientIdentity? = nil, showsCertificate: Bool = false,
        mechanism: SASLMechanism? = nil, isRequired: Bool = true
    ) {
        self.account = account
        self.password = password
        self.identity = identity
        self.showsCertificate = showsCertificate
        self.mechanism = mechanism
        self.isRequired = isRequired
    }

    /// The mechanisms for which the user has the proof, in the order in which they are tried.
    var mechanisms: [SASLMechanism] {
        SASLMechanism.allCases.filter { $0 == mechanism ?? $0 && hasProof(for: $0) }
    }

    /// A sentence for the user: the fingerprint and the key that the network has to know. Empty without a certificate.
    var hint: String {
        guard let identity else { return "" }
        let key = identity.publicKey.map { " Its key for \(SASLMechanism.challenge.rawValue) is \($0)." } ?? ""
        return " The fingerprint of your certificate is \(identity.fingerprint).\(key)"
    }

    private func hasProof(for mechanism: SASLMechanism) -> Bool {
        switch mechanism {
        case .external: showsCertificate
        case .challenge: identity?.signingKey != nil
        case .scram, .plain: password != nil
        }
    }
}
