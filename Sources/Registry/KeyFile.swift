import Crypto
import Foundation

/// The file with the key that seals secrets: 32 random bytes, readable by its owner only.
package enum KeyFile {
    static let length = 32

    /// Nil if there is none. Refuses a file that others may read or that has another length.
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

    /// A new key, durable when this returns. Fails if the file has appeared meanwhile.
    static func create(_ path: String) throws(RegistryError) -> Data {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        try PrivateFile(creating: path).write(bytes)
        PrivateFile.syncFolder(of: path)
        return bytes
    }

    /// Why a path cannot be a key file's, as the end of a sentence; nil if it can, also when there is no file yet.
    package static func flaw(_ path: String) -> String? {
        guard let status = FileStatus(of: path), !status.isRegular else { return nil }
        return "is \(status.isFolder ? "a folder" : "no regular file"): a file of \(length) bytes is expected there"
    }
}
