import GatewayKit

/// The reason why a change or a read failed.
package enum RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another row or user has the same value under this key: an id, or a unique value of an account.
    case conflict(key: String)
    /// Another user has recently given up the unique value under this key. Others can take it from `until` on.
    case quarantined(key: String, until: Timestamp)
    /// The store cannot be used: the disk is full, the file is not writable, the database is damaged … The text tells
    /// the operator the reason.
    case unavailable(String)

    /// A text for the operator.
    package var description: String {
        switch self {
        case .conflict(let key): "somebody else has the same \(key)"
        case .quarantined(let key, _): "somebody else had the same \(key) until recently"
        case .unavailable(let words): words
        }
    }

    /// The error of every change and read after `Store.close()`.
    package static var closed: RegistryError { .unavailable("the registry is closed") }
}
