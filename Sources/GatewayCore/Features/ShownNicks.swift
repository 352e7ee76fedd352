import Basics
import GatewayKit
import XMPP

// The core knows occupants by their shown nicks, the resources of their room addresses; the network's own nicks stay
// behind this seam. So two people whose nicks look alike after preparation are two occupants (`ForeignName`).

extension String {
    /// The shown form of a network's nick.
    var shownNick: String { ForeignName.resource(for: self) }
    /// The network's nick for a shown one.
    var networkNick: String { ForeignName.name(ofResource: self) }
}

extension Occupant {
    /// With the shown nick.
    var shown: Occupant {
        let nick = nick.shownNick
        return nick.hasSameBytes(as: self.nick) ? self : Occupant(nick: nick, rank: rank, address: address)
    }
}

extension JoinedRoom {
    /// With shown nicks.
    var shown: JoinedRoom {
        JoinedRoom(nick: nick.shownNick, occupants: occupants.map(\.shown), topic: topic?.shown)
    }
}

extension Topic {
    /// With the shown nick of its author.
    var shown: Topic { Topic(text: text, author: author?.shownNick, setAt: setAt) }
}

extension Departure {
    /// With the shown nick of whoever kicked.
    var shown: Departure {
        guard case .kicked(let actor?, let reason) = self else { return self }
        return .kicked(by: actor.shownNick, reason: reason)
    }
}
