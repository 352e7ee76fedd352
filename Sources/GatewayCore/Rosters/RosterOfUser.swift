import GatewayKit
import XMPP

/// The unfinished work on the roster of one user.
final class RosterOfUser {
    /// The answer of the user's server to the request for remote roster management (XEP-0321).
    enum Management { case unasked, asked, allowed, refused }

    /// Contacts to be added or removed, oldest first.
    var wishes = RosterWishes()
    /// Whether the server has a query that it has not answered.
    var isBusy = false
    /// Whether the server has refused to let the gateway change the roster, though it has granted that.
    var serverRefusesChanges = false
    var management = Management.unasked
    /// The reading of the roster for `Rosters.nameContacts`.
    enum Naming {
        /// Reading lasts until the last contact has its name.
        case idle, reading
        /// The roster is to be read when some seconds have passed since the last reading.
        case waiting
        /// The roster is to be read once more after that.
        case again
        /// The server has refused a name.
        case refused
    }

    var naming = Naming.idle
    /// The items of the roster that `Rosters.nameContacts` has yet to look at.
    var unnamed: ArraySlice<RosterItem> = []
    /// When the roster was read last.
    var readAt: Timestamp?
    /// Whether the contacts have been named since the stream opened.
    var isNamed = false
    /// The contacts of a user who has unregistered, until `foundEnding` has chosen those that are removed from the
    /// roster.
    var ending: Set<JID> = []
    /// The names that the gateway has given since the user was loaded.
    var given: [JID: String] = [:]
    /// The commands that wait until a person has been added.
    var askers: [JID: Asker] = [:]
    /// The clients that were asked whether they can exchange contacts.
    var askedClients: Set<String> = []

    /// Maximum of wishes. Further ones are dropped.
    static let most = 5_000
    /// Maximum of clients in `askedClients`. Further ones are not asked.
    static let mostClients = 20
}
