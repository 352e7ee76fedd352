import Crypto
import Foundation

/// Encrypts single values under the key file, each bound to its place: a sealed value that is copied to another
/// user or key does not open there. ChaCha20-Poly1305 (RFC 8439) with a random nonce.
package struct Seal: Sendable {
    private let key: SymmetricKey
    private let keyFile: String

    /// Reads the key file, or creates it if nothing has been sealed so far.
    ///
    /// - Parameter isInUse: there are sealed values, so a missing key is not replaced.
    package init(keyFile: String, isInUse: Bool) throws(RegistryError) {
        self.keyFile = keyFile
        if let bytes = try KeyFile.read(keyFile) {
            key = SymmetricKey(data: bytes)
        } else if !isInUse {
            key = SymmetricKey(data: try KeyFile.create(keyFile))
        } else {
            throw .unavailable("the key file \(keyFile) is missing, but the registry holds secrets sealed with it")
        }
    }

    /// Why nothing that is sealed opens.
    package var wrongKey: RegistryError {
        .unavailable(
            "no sealed secret opens: \(keyFile) is not the key they were sealed with; restore it from a backup")
    }

    /// Seals a value of one place.
    package func close(_ value: String, for place: [String]) throws(RegistryError) -> Data {
        do {
            return try ChaChaPoly.seal(Data(value.utf8), using: key, authenticating: context(place)).combined
        } catch {
            throw .unavailable("a secret cannot be sealed: \(error)")
        }
    }

    /// Opens a sealed value of one place; fails if it was sealed with another key or for another place.
    package func open(_ sealed: Data, for place: [String]) throws(RegistryError) -> String {
        do {
            let box = try ChaChaPoly.SealedBox(combined: sealed)
            return String(decoding: try ChaChaPoly.open(box, using: key, authenticating: context(place)), as: UTF8.self)
        } catch {
            throw .unavailable("a sealed secret does not open: \(keyFile) is not the key it was sealed with")
        }
    }

    /// Each part with its length before it, so that no two places look alike.
    private func context(_ place: [String]) -> Data {
        var context = Data("martlet registry 1".utf8)
        for part in place {
            withUnsafeBytes(of: UInt64(part.utf8.count).bigEndian) { context.append(contentsOf: $0) }
            context.append(contentsOf: part.utf8)
        }
        return context
    }
}
