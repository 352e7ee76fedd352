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

    /// Bounds on what one user can make the gateway do and keep.
    package struct Limits: Sendable {
        /// Stanzas of one user in a second, once `stanzaBurst` is used up; 0 for no limit.
        package var stanzasPerSecond = 100.0
        package var stanzaBurst = 2_000
        /// Networks that one user may be connected to at once.
        package var networksPerUser = 20
        package var registrationsPerDay = 100
        /// Rows of settings, contacts and people met that the registry keeps for one user.
        package var rowsPerUser = 10_000
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
        /// Entries in one list of a room's occupants.
        package var longestList = 500
        /// Stanzas that one slice of long work writes (`SlicedWork`).
        package var slice = 250
        /// How long a room is kept for users whose clients vanished with the home server.
        package var desertion: Duration = .seconds(300)

        package init() {}
    }
}
