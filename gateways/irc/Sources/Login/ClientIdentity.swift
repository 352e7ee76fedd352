import Crypto

/// The key with which a user logs in, and its certificate.
struct ClientIdentity: Sendable {
    /// The key, if it is one of P-256.
    let signingKey: P256.Signing.PrivateKey?
}
