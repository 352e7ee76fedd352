import Crypto
import Foundation

/// The file with the key that seals secrets: 32 random bytes that only its owner can read.
package enum KeyFile {
    /// The number of bytes.
    static let length = 32

    /// Reads the key; nil if there is no file. Throws if other users can read the file, or if its length is wrong.
    static func read(_ path: String) throws(RegistryError) -> Data? {
        if let flaw = flaw(path) { throw .unavailable("the key file \(path) \(flaw)") }
        guard let file = try PrivateFile(reading: path) else { return nil }
        guard let mode = file.status?.mode, mode & 0o077 == 0 else {
            throw .unavailable("the key file \(path) can be read by others: chmod 600 \(path)")
        }
        let bytes = try file.read(atMost: length + 1)
        guard bytes.count == length else {
            throw .unavailable("the key file \(path) does not have \(length) bytes: restore it from a backup")
        }
        return bytes
    }

    /// Creates the file with a new key. The file is durable when this returns. Throws if the file already exists.
    static func create(_ path: String) throws(RegistryError) -> Data {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        try PrivateFile(creating: path).write(bytes)
        PrivateFile.syncFolder(of: path)
        return bytes
    }

    /// Derives a key of 32 bytes for another purpose from the key in the file (HKDF-SHA256, RFC 5869). It is the same
    /// each time, and different for each purpose. Call it when the store is open, because the store creates the file.
    package static func derivedKey(_ path: String, for purpose: String) throws(RegistryError) -> [UInt8] {
        guard let bytes = try read(path) else { throw .unavailable("the key file \(path) is missing") }
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), info: Data(purpose.utf8), outputByteCount: length)
        return key.withUnsafeBytes { Array($0) }
    }

    /// Checks whether the path can name a key file. Nil if it can; the file need not exist yet. Otherwise the reason,
    /// as the end of a sentence.
    package static func flaw(_ path: String) -> String? {
        guard let status = FileStatus(of: path), !status.isRegular else { return nil }
        return "is \(status.isFolder ? "a folder" : "no regular file"): a file of \(length) bytes is expected there"
    }
}
