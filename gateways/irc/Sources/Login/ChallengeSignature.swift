import Crypto

/// The signature of ECDSA-NIST256P-CHALLENGE: the server's 32 bytes are signed as they are, without a hash of them.
enum ChallengeSignature {
    /// Returns the signature in DER. Nil if the challenge does not have 32 bytes.
    static func sign(_ challenge: [UInt8], with key: P256.Signing.PrivateKey) -> [UInt8]? {
        guard challenge.count == Challenge.byteCount else { return nil }
        return (try? key.signature(for: Challenge(bytes: challenge)))?.derRepresentation.map { $0 }
    }

    /// The challenge in the place of a hash.
    struct Challenge: Digest {
        static let byteCount = 32
        let bytes: [UInt8]

        var description: String { "challenge" }

        func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
            try bytes.withUnsafeBytes(body)
        }

        func makeIterator() -> Array<UInt8>.Iterator { bytes.makeIterator() }
    }
}
