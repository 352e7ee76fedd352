import Crypto
import Foundation

/// The file with the key that seals secrets: 32 random bytes, readable by its owner only.
enum KeyFile {
    static let length = 32

    /// Nil if there is none. Refuses a file that others may read or that has another length.
    static func read(_ path: String) throws(RegistryError) -> Data? {
        guard let file = try PrivateFile(reading: path) else { return nil }
        guard file.mode & 0o077 == 0 else {
            throw .unavailable("the key file \(path) can be read by others: chmod 600 \(path)")
        }
        let bytes = try file.read(atMost: length + 1)
        guard bytes.count == length else {
            throw .unavailable("the key file \(path) does not have \(length) bytes: restore it from a backup")
        }
        return bytes
    }

    /// A new key, durable when this returns. Fails if the file has appeared meanwhile.
    static func create(_ path: String) throws(RegistryError) -> Data {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        try PrivateFile(creating: path).write(bytes)
        try PrivateFile.syncFolder(of: path)
        return bytes
    }
}
