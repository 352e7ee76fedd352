import HTTP
import Logging
import NIOCore
import Networking
import Operations
import Settings

/// What an adapter is given beside its settings.
struct AdapterSurroundings {
    let domain: String
    let eventLoop: any EventLoop
    let dialer: Dialer
    /// What one user may have.
    let limits: LimitSettings
    let http: HTTPClient
    /// Nil if the configuration has no `http` section.
    let listener: WebhookListener?
    /// How providers reach the listener; empty without one.
    let publicURL: String
    let health: HealthRegistry
    let logger: Logger
}
