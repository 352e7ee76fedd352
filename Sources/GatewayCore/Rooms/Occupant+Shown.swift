import Basics
import GatewayKit

extension Occupant {
    /// A copy with the shown nick (`String.shownNick`).
    var shown: Occupant {
        let nick = nick.shownNick
        return nick.hasSameBytes(as: self.nick) ? self : Occupant(nick: nick, rank: rank, address: address)
    }
}

extension JoinedRoom {
    /// A copy with shown nicks (`String.shownNick`).
    var shown: JoinedRoom {
        JoinedRoom(nick: nick.shownNick, occupants: occupants.map(\.shown), topic: topic?.shown)
    }
}

extension Topic {
    /// A copy with the shown nick of the author.
    var shown: Topic { Topic(text: text, author: author?.shownNick, setAt: setAt) }
}

extension Departure {
    /// A copy with the shown nick of the occupant who kicked.
    var shown: Departure {
        guard case .kicked(let actor?, let reason) = self else { return self }
        return .kicked(by: actor.shownNick, reason: reason)
    }
}
