import GatewayKit
import XMPP

/// What one gateway's core is told at start. Immutable.
package struct CoreSettings: Sendable {
    /// The component's domain.
    package var domain: JID
    /// Whether somebody may use the gateway.
    package var allows: @Sendable (JID) -> Bool
    /// Program version, for XEP-0092.
    package var version: String
    package var limits: Limits

    package init(domain: JID, allows: @escaping @Sendable (JID) -> Bool, version: String, limits: Limits = Limits()) {
        self.domain = domain
        self.allows = allows
        self.version = version
        self.limits = limits
    }

    /// Bounds on what one user can make the gateway keep.
    package struct Limits: Sendable {
        package var roomsPerUser = 200
        /// Clients of one user in one room.
        package var resourcesPerRoom = 50
        package var requestsPerUser = 1_000
        /// Messages of one user in the ledger that the network has not taken.
        package var waitingPerUser = 10_000
        package var contactsPerUser = 5_000
        /// Messages kept per room while the home server is away.
        package var missedPerRoom = 200
        /// A message that could not be handed over for this long is given up.
        package var longestWait: Duration = .seconds(24 * 3600)
        /// How long a report may take that settles an unknown outcome.
        package var outcomeWindow: Duration = .seconds(15 * 60)
        /// Occupants shown in one turn of the loop. A room with more of them is shown in several.
        package var welcomeSlice = 250
        /// How long a room is kept for users whose clients vanished with the home server.
        package var desertion: Duration = .seconds(300)

        package init() {}
    }
}
