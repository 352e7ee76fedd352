import GatewayKit
import NIOCore

/// Folds the return of people after a netsplit: the core is told of each once, with the rank.
extension IRCClient {
    /// Whether a JOIN belongs to the end of a netsplit (IRCv3 netsplit, netjoin).
    mutating func isReturning(_ line: Inbound) -> Bool {
        batches.isNetjoin(line.message) || returning.isExpected(fold(line.nick), now: line.now)
    }

    /// Holds a member that a JOIN has brought back.
    mutating func hold(_ name: FoldedName, in folded: FoldedName, now: NIODeadline) {
        channels[folded]?.members[name]?.isUntold = true
        returning.hold(Returning.Member(channel: folded, name: name), now: now)
    }

    /// Tells the core of the next members that have come back, if it is time.
    mutating func tellReturned(now: NIODeadline) {
        guard returning.takesTurn(at: surroundings.commons.returnPace, now: now) else { return }
        var count = 0
        while count < Returning.slice, let member = returning.next() {
            if tellReturned(member) { count += 1 }
        }
        returning.told(at: surroundings.commons.returnPace, now: now)
    }

    /// Tells the core of all members that have come back. Call it before anything that needs the core to know them.
    mutating func tellAllReturned() {
        guard !returning.isEmpty else { return }
        while let member = returning.next() { tellReturned(member) }
        returning.end()
    }

    /// Tells the core of a member that has come back. Returns false if the member has left again, or was told of before.
    @discardableResult
    mutating func tellReturned(_ returned: Returning.Member) -> Bool {
        guard let channel = channels[returned.channel], channel.members[returned.name]?.isUntold == true else {
            return false
        }
        channel.members[returned.name]?.isUntold = false
        guard channel.isJoined, let member = channel.members[returned.name] else { return false }
        emit(.room(channel.address, .occupantJoined(channel.occupant(member, support: support))))
        return true
    }
}
