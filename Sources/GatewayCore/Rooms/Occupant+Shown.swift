import Basics
import GatewayKit

extension Occupant {
    /// A copy with the shown nick (`String.shownNick`).
    var shown: Occupant {
        let nick = nick.shownNick
        return nick.hasSameBytes(as: self.nick)
            ? self : Occupant(nick: nick, rank: rank, isFounder: isFounder, address: address, details: details)
    }

    /// Whether the presence of this occupant looks the same to members as that of another state of the same nick.
    func looksLike(_ other: Occupant) -> Bool {
        rank == other.rank && isFounder == other.isFounder && address == other.address && showsSameDetails(as: other)
    }

    private func showsSameDetails(as other: Occupant) -> Bool {
        guard details != other.details else { return true }
        let (mine, others) = (details ?? OccupantDetails(), other.details ?? OccupantDetails())
        return mine.availability == others.availability && mine.marks == others.marks
            && (mine.account == nil) == (others.account == nil)
    }

    /// A copy with the details of the other occupant, if this one has none.
    func keepingDetails(of other: Occupant?) -> Occupant {
        guard details == nil, let known = other?.details else { return self }
        return Occupant(nick: nick, rank: rank, isFounder: isFounder, address: address, details: known)
    }
}

extension JoinedRoom {
    /// The user's own occupant with the shown nick; nil if the network has not reported it.
    var own: Occupant? { occupants.last { $0.nick == nick }?.shown }
}

extension Topic {
    /// A copy with the shown nick of the author.
    var shown: Topic { Topic(text: text, author: author?.shownNick, setAt: setAt) }
}

extension Departure {
    /// A copy with the shown nick of the occupant who kicked or banned.
    var shown: Departure {
        switch self {
        case .kicked(let actor?, let reason): .kicked(by: actor.shownNick, reason: reason)
        case .banned(let actor?, let reason): .banned(by: actor.shownNick, reason: reason)
        default: self
        }
    }
}
