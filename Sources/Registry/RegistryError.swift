import GatewayKit

/// Why a change or a read failed.
package enum RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A unique value belongs to somebody else; holds the key.
    case conflict(key: String)
    /// A unique value belonged to somebody else until recently; holds the key, and when others may have it.
    case quarantined(key: String, until: Timestamp)
    /// Disk full, file not writable, database damaged: words for the operator.
    case unavailable(String)

    /// Words for the operator.
    package var description: String {
        switch self {
        case .conflict(let key): "somebody else has the same \(key)"
        case .quarantined(let key, _): "somebody else had the same \(key) until recently"
        case .unavailable(let words): words
        }
    }

    package static var closed: RegistryError { .unavailable("the registry is closed") }
}
