import Basics
import GatewayKit

/// All settings of one Martlet, checked. `Settings` is the type that an adapter's own section is read into.
package struct MartletConfiguration<Settings: Sendable>: Sendable {
    /// The SQLite file.
    package var registry: String
    /// The file with the key that seals secrets in the registry; nil for the registry's default file beside it.
    package var registryKey: String?
    package var access: AccessRules
    package var limits: LimitSettings
    /// Nil if the file has no `http` section; then no adapter needs webhooks.
    package var http: HTTPSettings?
    /// The address at which metrics and health are served; nil if the file has no `operations` section. Then they are
    /// not served.
    package var operations: Endpoint?
    package var control: ControlSettings
    package var log: LogConfiguration
    /// The gateways in the order of the file; at least one.
    package var gateways: [GatewayConfiguration<Settings>]
    /// All values of the file, to compare it with a later reading.
    package var outline = ConfigOutline()
}

/// One component domain and the adapter behind it.
package struct GatewayConfiguration<Settings: Sendable>: Sendable {
    /// The domain in lower case, without a trailing dot.
    package var domain: String
    /// The address at which the XMPP server accepts components.
    package var server: Endpoint
    /// Further addresses, in order of preference, for the time when `server` is away.
    package var alternatives: [Endpoint] = []
    package var tls = StreamTLS()
    package var secret: Secret
    package var adapterID: String
    package var roster = RosterSetting.gateway
    /// Whether rooms that users enter become bookmarks in their accounts.
    package var bookmarks = false
    package var settings: Settings
    /// The gateway's own section `access`; nil if it has none.
    package var access: AccessRules?
}

/// The contacts that a gateway puts into the rosters of its users, where their servers let it.
package enum RosterSetting: String, Sendable, CaseIterable { case off, gateway, people }

/// The HTTP listener for webhooks.
package struct HTTPSettings: Sendable, Equatable {
    package var listen: Endpoint
    /// The address with which providers reach the listener, without a slash at the end.
    package var publicURL: String
    /// Open connections in all, and from one address.
    package var connections = HTTPSettings.defaultConnections
    package var connectionsPerAddress = HTTPSettings.defaultConnectionsPerAddress
    /// Proxies from which a header with the caller's address is believed.
    package var trustedProxies: [AddressRange] = []

    package static let defaultConnections = 1_000
    package static let defaultConnectionsPerAddress = 100
}

/// Which records are logged, and how.
package struct LogConfiguration: Sendable, Equatable {
    package enum Level: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// `text` writes `key=value` pairs, `json` an object; both write one line for each record.
    package enum Format: String, Sendable, CaseIterable { case text, json }

    package var level: Level = .info
    package var format: Format = .text
    /// Levels for single parts of the program, by the label of their records.
    package var levels: [String: Level] = [:]
}
