import Basics
import XMPP

// The core identifies an occupant by the shown nick, which is the resource of the occupant's room JID. Only events from
// adapters and requests to adapters hold the network's own nicks. `ForeignName` escapes a nick that preparation would
// change, so two people whose nicks would become equal stay two occupants.

extension String {
    /// The shown nick for this nick of the network.
    var shownNick: String { ForeignName.resource(for: self) }
    /// The network's nick for this shown nick.
    var networkNick: String { ForeignName.name(ofResource: self) }
}
