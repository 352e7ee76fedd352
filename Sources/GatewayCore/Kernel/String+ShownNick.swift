import Basics
import XMPP

// The core knows occupants by their shown nicks, the resources of their room addresses; the network's own nicks stay
// behind this seam. So two people whose nicks look alike after preparation are two occupants (`ForeignName`).

extension String {
    /// The shown form of a network's nick.
    var shownNick: String { ForeignName.resource(for: self) }
    /// The network's nick for a shown one.
    var networkNick: String { ForeignName.name(ofResource: self) }
}
