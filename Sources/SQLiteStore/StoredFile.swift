import Foundation
import GatewayKit

/// The form in which the ledger stores the file of a message: JSON.
enum StoredFile {
    /// The column's value; nil for a message without a file.
    static func text(_ file: File?) -> String? {
        file.flatMap { try? JSONEncoder().encode($0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The file of a column's value.
    static func file(_ text: String?) -> File? {
        text.flatMap { try? JSONDecoder().decode(File.self, from: Data($0.utf8)) }
    }
}
