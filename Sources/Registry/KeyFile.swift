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

    /// Checks whether the path can name a key file. Nil if it can; the file need not exist yet. Otherwise the reason,
    /// as the end of a sentence.
    package static func flaw(_ path: String) -> String? {
        guard let status = FileStatus(of: path), !status.isRegular else { return nil }
        return "is \(status.isFolder ? "a folder" : "no regular file"): a file of \(length) bytes is expected there"
    }
}
