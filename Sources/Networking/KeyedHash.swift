import Basics
import Crypto

/// Gives users stable names and addresses that tell nothing about them to anybody without the key: HMAC-SHA256
/// (RFC 2104).
package struct KeyedHash: Sendable {
    private let key: SymmetricKey

    /// - Parameter key: secret bytes, at least 32.
    package init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    /// The 32 bytes of the hash of some texts. The length of each text is part of the hash, so that `["a", "bc"]` and
    /// `["ab", "c"]` differ.
    package func bytes(_ texts: [String]) -> [UInt8] {
        var hash = HMAC<SHA256>(key: key)
        for text in texts {
            withUnsafeBytes(of: UInt64(text.utf8.count).bigEndian) { hash.update(data: $0) }
            hash.update(data: Array(text.utf8))
        }
        return Array(hash.finalize())
    }

    /// An address in the range: the prefix of the range, followed by bits of the hash.
    package func address(in range: AddressRange, for texts: [String]) -> IPAddress {
        range.address(withHostBits: bytes(texts))
    }
}
