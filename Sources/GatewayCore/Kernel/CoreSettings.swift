import Basics
import GatewayKit
import XMPP

/// The settings of one gateway's core. While the gateway runs, only those of `CoreAccess` can change.
package struct CoreSettings: Sendable {
    /// The component's domain.
    package var domain: JID
    /// Whether the user with this JID may use the gateway.
    package var allows: @Sendable (JID) -> Bool
    /// Whether some users of a domain may use the gateway, even if not all may. If nil, all or none may.
    package var allowsSomeOf: (@Sendable (String) -> Bool)?
    /// Whether the user with this JID may administer the gateway. Nobody may unless the operator says so.
    package var isAdmin: @Sendable (JID) -> Bool
    /// Whether the user with this JID may administer the whole program, with its other gateways. Each such user may
    /// administer the gateway, too.
    package var isProgramAdmin: @Sendable (JID) -> Bool
    /// Program version, for XEP-0092.
    package var version: String
    package var limits: Limits
    /// The contacts that the gateway puts into the rosters of its users.
    package var roster: RosterEntries = .gateway
    /// Whether the rooms that users enter become bookmarks in their accounts (XEP-0402).
    package var bookmarksRooms = false
    /// The addresses of the operator, as URIs (XEP-0157).
    package var operatorAddresses: [String] = []
    /// Makes the occupant ids (XEP-0421) of the gateway's rooms.
    package var occupantKey: OccupantKey

    package init(
        domain: JID, allows: @escaping @Sendable (JID) -> Bool, version: String, limits: Limits = Limits(),
        isAdmin: @escaping @Sendable (JID) -> Bool = { _ in false },
        occupantKey: OccupantKey
    ) {
        self.domain = domain
        self.allows = allows
        self.isAdmin = isAdmin
        isProgramAdmin = isAdmin
        self.version = version
        self.limits = limits
        self.occupantKey = occupantKey
    }

    /// The contacts that the gateway puts into the rosters of its users, where their servers let it.
    package enum RosterEntries: String, Sendable, CaseIterable {
        case off
        /// The gateway itself, when its user registers.
        case gateway
        /// Also the people on stored addresses who write to the user.
        case people
    }

    /// Bounds on the work that one user can cause, and on the data kept for one user.
    package struct Limits: Sendable {
        /// Stanzas accepted from one user in a second, once `stanzaBurst` is used up; 0 for no limit.
        package var stanzasPerSecond = 100.0
        /// Stanzas accepted from one user at once.
        package var stanzaBurst = 2_000
        /// Networks that one user may be connected to at once.
        package var networksPerUser = 20
        /// Registrations, and changes of one, that one user may make in a day.
        package var registrationsPerDay = 100
        /// Rows of settings, contacts and met peers that the registry keeps for one user.
        package var rowsPerUser = 10_000
        /// Entries into rooms that one user may make at once, and after that in a minute. At least 1.
        package var joinsPerMinute = 300
        /// Messages accepted from one user in a second, after ten times as many at once; 0 for no limit.
        package var messagesPerSecond = 0.0
        /// Rooms that one user may be in at once.
        package var roomsPerUser = 200
        /// Clients of one user in one room.
        package var resourcesPerRoom = 50
        /// Requests of one user that may wait for their outcome at once.
        package var requestsPerUser = 1_000
        /// Messages of one user in the ledger that the network has not accepted.
        package var waitingPerUser = 10_000
        /// Messages of one user to one stored address that the network has not accepted.
        package var waitingPerPeer = 1_000
        /// Stored messages of one account that its adapter may have at once, before the network has answered.
        package var handedPerAccount = 32
        /// Subscriptions of one user.
        package var contactsPerUser = 5_000
        /// Messages kept for one room of a user while no client of the user can be reached.
        package var missedPerRoom = 200
        /// A stored message that the network has certainly not taken fails when it is this old.
        package var longestWait: Duration = .seconds(24 * 3600)
        /// How long the ledger waits for a report that settles an unknown outcome. After that it tells the sender that
        /// the outcome is unknown. A later report still counts. An adapter may itself wait 30 seconds for the network,
        /// so that the sender is told within a minute.
        package var outcomeWindow: Duration = .seconds(25)
        /// How long the ledger keeps a message that the user's server returns.
        package var returnedLifetime: Duration = .seconds(7 * 86_400)
        /// Items in one affiliation or role list of a room. A longer list is refused.
        package var longestList = 500
        /// Stanzas that one slice of long work writes (`JobQueue`).
        package var slice = 250
        /// How long the gateway keeps a user in a room after the user's last client there has vanished without leaving.
        package var gracePeriod: Duration = .seconds(300)
        /// How long the clients of a user stay in a room whose network is away. After that, they are told that they are
        /// out of the room.
        package var longestBreak: Duration = .seconds(60)

        package init() {}
    }
}
