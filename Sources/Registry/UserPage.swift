import GatewayKit

/// A user about whom the registry has data.
package struct KnownUser: Sendable, Equatable {
    package var user: UserID
    /// Whether the user is registered with the gateway itself.
    package var isRegistered: Bool
    package var contacts: Int

    package init(user: UserID, isRegistered: Bool, contacts: Int) {
        self.user = user
        self.isRegistered = isRegistered
        self.contacts = contacts
    }
}

/// Asks for one page of the users with settings or contacts, in order of their ids.
package struct UserPage: StoreQuery {
    package typealias Answer = [KnownUser]

    package let gateway: String
    /// A text that the user's id contains, in ASCII lower case; empty for all users.
    package let containing: String
    /// The last user of the page before; nil asks for the first page.
    package let after: UserID?
    package let limit: Int

    package init(gateway: String, containing: String = "", after: UserID? = nil, limit: Int) {
        self.gateway = gateway
        self.containing = containing
        self.after = after
        self.limit = limit
    }
}
