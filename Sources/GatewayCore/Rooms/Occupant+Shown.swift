import Basics
import GatewayKit

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
