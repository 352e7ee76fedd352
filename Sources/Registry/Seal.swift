import Crypto
import Foundation

/// Encrypts single values with the key from the key file, by ChaCha20-Poly1305 (RFC 8439) with a random nonce. Each
/// value is bound to its place: a sealed value that somebody copies to another user or setting does not open there.
package struct Seal: Sendable {
    private let key: SymmetricKey
    private let keyFile: String

    /// Reads the key file, or creates it if nothing is sealed yet.
    ///
    /// - Parameter isInUse: whether the store has sealed values. If so, a missing key file is an error.
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

    /// The error to throw when none of the sealed values opens.
    package var wrongKey: RegistryError {
        .unavailable(
            "no sealed secret opens: \(keyFile) is not the key they were sealed with; restore it from a backup")
    }

    /// Seals a value for one place: the names of gateway, user, network and setting.
    package func close(_ value: String, for place: [String]) throws(RegistryError) -> Data {
        do {
            return try ChaChaPoly.seal(Data(value.utf8), using: key, authenticating: context(place)).combined
        } catch {
            throw .unavailable("a secret cannot be sealed: \(error)")
        }
    }

    /// Opens a sealed value of one place. Throws if it was sealed with another key or for another place.
    package func open(_ sealed: Data, for place: [String]) throws(RegistryError) -> String {
        do {
            let box = try ChaChaPoly.SealedBox(combined: sealed)
            return String(decoding: try ChaChaPoly.open(box, using: key, authenticating: context(place)), as: UTF8.self)
        } catch {
            throw .unavailable("a sealed secret does not open: \(keyFile) is not the key it was sealed with")
        }
    }

    /// The bytes to which a sealed value is bound. Each part has its length before it, so that two different places
    /// never give the same bytes.
    private func context(_ place: [String]) -> Data {
        var context = Data("martlet registry 1".utf8)
        for part in place {
            withUnsafeBytes(of: UInt64(part.utf8.count).bigEndian) { context.append(contentsOf: $0) }
            context.append(contentsOf: part.utf8)
        }
        return context
    }
}
