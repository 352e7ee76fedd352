import Basics
import GatewayKit

/// All settings of one Martlet, checked. `Settings` is what the caller makes of an adapter's own section.
package struct MartletConfiguration<Settings: Sendable>: Sendable {
    /// The SQLite file.
    package var registry: String
    /// The key file for secrets in the registry; nil for the registry's default beside it.
    package var registryKey: String?
    package var access: AccessRules
    package var limits: LimitSettings
    /// Nil if the file has no `http` section; then no adapter needs webhooks.
    package var http: HTTPSettings?
    /// Where metrics and health are served; nil if the file has no `operations` section, then they are not.
    package var operations: Endpoint?
    package var log: LogConfiguration
    /// In the order of the file; at least one.
    package var gateways: [GatewayConfiguration<Settings>]
}

/// One component domain and the adapter behind it.
package struct GatewayConfiguration<Settings: Sendable>: Sendable {
    /// Lower case, without a trailing dot.
    package var domain: String
    /// Where the XMPP server takes components.
    package var server: Endpoint
    package var secret: Secret
    package var adapterID: String
    package var settings: Settings
}

/// The HTTP listener for webhooks.
package struct HTTPSettings: Sendable, Equatable {
    package var listen: Endpoint
    /// How providers reach the listener, without a slash at the end.
    package var publicURL: String
    /// Open connections in all, and from one address.
    package var connections = HTTPSettings.defaultConnections
    package var connectionsPerAddress = HTTPSettings.defaultConnectionsPerAddress
    /// Proxies whose word on the caller's address counts.
    package var trustedProxies: [AddressRange] = []

    package static let defaultConnections = 1_000
    package static let defaultConnectionsPerAddress = 100
}

/// What is logged, and how.
package struct LogConfiguration: Sendable, Equatable {
    package enum Level: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// `text` has `key=value` pairs, `json` an object; one line for each record either way.
    package enum Format: String, Sendable, CaseIterable { case text, json }

    package var level: Level = .info
    package var format: Format = .text
    /// Levels for single parts of the program, by the name that their records bear.
    package var levels: [String: Level] = [:]
}
