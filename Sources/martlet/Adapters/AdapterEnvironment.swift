import HTTP
import Logging
import NIOCore
import Networking
import Operations
import Settings

/// The parts of the program that an adapter needs besides its settings.
struct AdapterEnvironment {
    /// The gateway's component domain.
    let domain: String
    let eventLoop: any EventLoop
    let dialer: Dialer
    /// Gives users stable names and addresses that tell nothing about them to others.
    let identities: KeyedHash
    /// The limits of one user.
    let limits: LimitSettings
    let http: HTTPClient
    /// The listener for webhooks; nil if the configuration has no `http` section.
    let listener: WebhookListener?
    /// The URL by which providers reach the listener; empty without a listener.
    let publicURL: String
    let health: HealthRegistry
    let logger: Logger
}
