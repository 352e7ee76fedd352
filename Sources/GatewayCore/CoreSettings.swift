import GatewayKit
import XMPP

/// What one gateway's core is told at start. Immutable.
package struct CoreSettings: Sendable {
    /// The component's domain.
    package var domain: JID
    package var access: AccessRules
    /// Program version, for XEP-0092.
    package var version: String
    package var limits: Limits

    package init(domain: JID, access: AccessRules, version: String, limits: Limits = Limits()) {
        self.domain = domain
        self.access = access
        self.version = version
        self.limits = limits
    }

    /// Bounds on what one user can make the gateway keep.
    package struct Limits: Sendable {
        package var roomsPerUser = 200
        package var requestsPerUser = 1_000
        /// Messages kept per room while the home server is away.
        package var missedPerRoom = 200
        /// A message that could not be handed over for this long is given up.
        package var longestWait: Duration = .seconds(24 * 3600)
        /// How long a report may take that settles an unknown outcome.
        package var outcomeWindow: Duration = .seconds(15 * 60)
        /// How long a room is kept for users whose clients vanished with the home server.
        package var desertion: Duration = .seconds(300)

        package init() {}
    }
}

/// Who may use a gateway.
package struct AccessRules: Sendable {
    /// Domains and bare JIDs; empty: nobody but admins.
    private let allowed: Set<String>
    private let admins: Set<String>

    /// Entries are domains or bare JIDs, already normalised.
    package init(allow: [String], admins: [String]) {
        allowed = Set(allow)
        self.admins = Set(admins)
    }

    package func allows(_ jid: JID) -> Bool {
        let bare = jid.bare.description
        return allowed.contains(jid.domain) || allowed.contains(bare) || admins.contains(bare)
    }
}
