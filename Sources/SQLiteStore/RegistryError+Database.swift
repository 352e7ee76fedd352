import GRDB
import Registry

extension RegistryError {
    /// Turns an error of SQLite into a text for the operator. The text contains no value from the database.
    init(_ error: any Error, path: String) {
        switch error {
        case let known as RegistryError: self = known
        case let error as DatabaseError: self = .unavailable(Self.words(for: error, path: path))
        default: self = .unavailable("\(path): \(error)")
        }
    }

    private static func words(for error: DatabaseError, path: String) -> String {
        switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL: "the disk is full: make room for \(path)"
        case .SQLITE_READONLY: "\(path) is not writable: look at owner and mode of the file and its folder"
        case .SQLITE_PERM, .SQLITE_CANTOPEN:
            "\(path) cannot be opened: look at owner and mode of the file and its folder"
        case .SQLITE_BUSY, .SQLITE_LOCKED: "\(path) is locked by another program"
        case .SQLITE_CORRUPT: "\(path) is damaged: restore it from a backup"
        case .SQLITE_NOTADB: "\(path) is not a SQLite database"
        case .SQLITE_IOERR: "\(path) cannot be read or written: input/output error \(error.extendedResultCode)"
        default: "\(path): \(error.message ?? "SQLite error") (code \(error.extendedResultCode.rawValue))"
        }
    }
}
