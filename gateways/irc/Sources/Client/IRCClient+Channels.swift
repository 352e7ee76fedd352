import Basics
import GatewayKit
import NIOCore

extension IRCClient {
    static let channelHandlers = [
        HandlerRow(.part, least: 1) { $0.receivedPart($1) },
        HandlerRow(.kick, least: 2) { $0.receivedKick($1) },
        HandlerRow(.quit, least: 0) { $0.receivedQuit($1) },
        HandlerRow(.nick, least: 1) { $0.receivedNick($1) },
    ]

    private mutating func receivedPart(_ line: Inbound) {
        let reason = shownReason(line.parameters, 1)
        for name in line.parameters[0].split(separator: ",").map(String.init) {
            let folded = fold(name)
            if isOwn(line.nick) {
                leftChannel(folded, .left(reason: reason), now: line.now)
                settle(outbox.eventObserved(.part, target: folded), now: line.now)
            } else {
                remove(line.nick, from: folded, .left(reason: reason))
            }
        }
    }

    private mutating func receivedKick(_ line: Inbound) {
        let (folded, nick) = (fold(line.parameters[0]), line.parameters[1])
        let departure = Departure.kicked(
            by: line.shownNick, reason: shownReason(line.parameters, 2))
        if isOwn(nick) {
            leftChannel(folded, departure, now: line.now)
        } else {
            remove(nick, from: folded, departure)
        }
        guard isOwn(line.nick) else { return }
        settle(outbox.eventObserved(.kick, target: folded, person: fold(nick)), now: line.now)
    }

    private mutating func receivedQuit(_ line: Inbound) {
        guard !isOwn(line.nick) else { return }
        nickBecameFree(line.nick, now: line.now)
        seen(line.nick, isOnline: false)
        let departure = departure(line)
        var isMember = false
        for folded in Array(channels.keys) where remove(line.nick, from: folded, departure) { isMember = true }
        if isMember, case .cutOff = departure { returning.lost(fold(line.nick), now: line.now) }
    }

    /// The way in which a QUIT takes a person. The QUITs of a netsplit come in a batch, or have the names of two servers
    /// as their reason.
    private func departure(_ line: Inbound) -> Departure {
        let words = shownReason(line.parameters, 0)
        if let servers = batches.netsplit(of: line.message) { return .cutOff(reason: "Netsplit (\(servers))") }
        guard let words, Netsplit.isReason(words) else { return .quit(reason: words) }
        return .cutOff(reason: "Netsplit (\(words))")
    }

    private mutating func receivedNick(_ line: Inbound) {
        let new = line.parameters[0]
        guard IRCRules.isNick(new) else { return }
        // InspIRCd 3 answers our labelled NICK with a line whose source is the new nick already.
        let isAsked = fold(line.nick) == fold(new) && outbox.awaits(.nick, target: fold(new), label: line.label)
        let own = isOwn(line.nick) || isAsked
        guard own || !isOwn(new) else {
            // The server renames another user to our nick. No two users can have one nick, so treat the other as gone.
            for folded in Array(channels.keys) { remove(line.nick, from: folded, .quit(reason: nil)) }
            return
        }
        let old = own ? identity.nick : line.nick
        if own {
            line.message.source.map { identity.learn($0) }
            identity.nick = new
        }
        if !own {
            nickBecameFree(old, now: line.now)
            reactions.rename(fold(old), to: fold(new))
            tellRename(of: old, to: new)
        }
        for folded in Array(channels.keys) { rename(old, to: new, in: folded) }
        if own { settle(outbox.eventObserved(.nick, target: fold(new)), now: line.now) }
    }

    /// Tells the core that a person has another address now, if the core knows the person.
    private mutating func tellRename(of old: String, to new: String) {
        guard IRCRules.isNick(old), fold(old) != fold(new) else { return }
        let before = PeerAddress(network: settings.network, name: IRCRules.canonical(old))
        let after = PeerAddress(network: settings.network, name: IRCRules.canonical(new))
        let isKnown = partners.contain(before) || peers.isWatched(fold(old))
        seen(old, isOnline: false)
        seen(new, isOnline: true)
        guard isKnown else { return }
        partners.rename(before, to: after)
        emit(.peer(before, .renamed(to: after, displayName: new)))
    }

    private func shownReason(_ parameters: [String], _ index: Int) -> String? {
        guard index < parameters.count else { return nil }
        let text = PlainText.withoutFormatting(parameters[index])
        return text.isEmpty ? nil : text
    }

    /// Handles our own departure from a channel. If the entry was not complete, it fails the join requests instead.
    mutating func leftChannel(_ folded: FoldedName, _ departure: Departure, now: NIODeadline) {
        guard let channel = channels[folded] else { return }
        guard channel.isJoined else {
            let words = "You left \(channel.name) before you had entered it."
            return entryFailed(folded, Failure(.notInRoom, words), now: now)
        }
        forget(folded, now: now)
        emit(.room(channel.address, .left(departure)))
    }

    /// Removes a member. Returns false if the person was none.
    @discardableResult
    private mutating func remove(_ nick: String, from folded: FoldedName, _ departure: Departure) -> Bool {
        guard let channel = channels[folded], let member = channel.members.removeValue(forKey: fold(nick)) else {
            return false
        }
        memberCount -= 1
        if channel.isJoined, !member.isUntold {
            emit(.room(channel.address, .occupantLeft(nick: member.nick, departure)))
        }
        return true
    }

    private mutating func rename(_ old: String, to new: String, in folded: FoldedName) {
        let (oldKey, newKey) = (fold(old), fold(new))
        guard channels[folded]?.members[oldKey] != nil else { return }
        // A member with the new nick must have left before. The client has missed that line.
        if oldKey != newKey { remove(new, from: folded, .quit(reason: nil)) }
        guard var member = channels[folded]?.members.removeValue(forKey: oldKey), let channel = channels[folded]
        else { return }
        let from = member.nick
        member.nick = new
        channels[folded]?.members[newKey] = member
        if member.isUntold { return returning.replace(by: Returning.Member(channel: folded, name: newKey)) }
        if channel.isJoined {
            emit(.room(channel.address, .occupantRenamed(from: from, to: channel.occupant(member, support: support))))
        }
    }
}
