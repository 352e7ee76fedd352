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
                remove(line.nick, from: channels[folded], .left(reason: reason))
            }
        }
    }

    private mutating func receivedKick(_ line: Inbound) {
        let (folded, nick) = (fold(line.parameters[0]), line.parameters[1])
        let (author, reason) = (line.shownNick, shownReason(line.parameters, 2))
        let isBanned = takesBan(nick, by: line.nick, in: channels[folded], now: line.now)
        let departure = isBanned ? Departure.banned(by: author, reason: reason) : .kicked(by: author, reason: reason)
        if isOwn(nick) {
            leftChannel(folded, departure, now: line.now)
        } else {
            remove(nick, from: channels[folded], departure)
        }
        guard isOwn(line.nick) else { return }
        settle(outbox.eventObserved(.kick, target: folded, secondName: fold(nick)), now: line.now)
    }

    private mutating func receivedQuit(_ line: Inbound) {
        guard !isOwn(line.nick) else { return }
        nickBecameFree(line.nick, now: line.now)
        seen(line.nick, isOnline: false)
        let departure = departure(line)
        let common = channels(of: fold(line.nick))
        for channel in common { remove(line.nick, from: channel, departure) }
        if !common.isEmpty, case .cutOff = departure { returning.lost(fold(line.nick), now: line.now) }
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
        // InspIRCd answers our labelled NICK with a line whose source is the new nick already.
        let own = isOwn(line.nick) || fold(line.nick) == fold(new) && answersOwnNick(line, new)
        guard own || !isOwn(new) else {
            // The server renames another user to our nick. No two users can have one nick, so treat the other as gone.
            for channel in channels(of: fold(line.nick)) { remove(line.nick, from: channel, .quit(reason: nil)) }
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
        let common = channels(of: fold(old))
        guard takeRenames(common.count, now: line.now) else { return }
        applyHeldDetails(of: fold(old))
        for channel in common { rename(old, to: new, in: channel) }
        if own { settle(outbox.nickChanged(to: fold(new), label: line.label), now: line.now) }
    }

    /// Whether a NICK line answers a line of ours that changes our nick: a request, or a line that the user has typed.
    private func answersOwnNick(_ line: Inbound, _ new: String) -> Bool {
        if outbox.awaits(.nick, target: fold(new), label: line.label) { return true }
        guard let label = line.label else { return false }
        // With its label, the answer is ours even if the server has shortened or replaced the nick.
        if outbox.awaitsReply(.nick, label: label) { return true }
        guard outbox.awaitsReply(.raw, label: label), let typed = userLines.current?.line else { return false }
        return userLines.isCurrent(command: Verb.nick.description) || typed.target.map(isOwn) ?? false
    }

    /// Tells the core that a person has another address now, if the core knows the person.
    private mutating func tellRename(of old: String, to new: String) {
        guard IRCRules.isNick(old), fold(old) != fold(new) else { return }
        let before = PeerAddress(network: surroundings.network, name: IRCRules.canonical(old))
        let after = PeerAddress(network: surroundings.network, name: IRCRules.canonical(new))
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

    private mutating func remove(_ nick: String, from channel: IRCChannel?, _ departure: Departure) {
        guard let channel, let member = takeMember(fold(nick), from: channel) else { return }
        if channel.isJoined, !member.isUntold {
            emit(.room(channel.address, .occupantLeft(nick: member.nick, departure)))
        }
    }

    private mutating func rename(_ old: String, to new: String, in channel: IRCChannel) {
        let (oldKey, newKey) = (fold(old), fold(new))
        guard channel.members[oldKey] != nil else { return }
        // A member with the new nick must have left before. The client has missed that line.
        if oldKey != newKey { remove(new, from: channel, .quit(reason: nil)) }
        guard var member = takeMember(oldKey, from: channel) else { return }
        let from = member.nick
        member.nick = new
        insert(member, as: newKey, in: channel)
        if member.isUntold {
            return returning.replace(by: Returning.Member(channel: fold(channel.name), name: newKey))
        }
        if channel.isJoined {
            emit(.room(channel.address, .occupantRenamed(from: from, to: channel.occupant(member, support: support))))
        }
    }

    /// Takes the allowance for a NICK line that changes this number of channels. One line can change all of them, so a
    /// server that sends such lines without end would hold up other users.
    ///
    /// - Returns: false if the server has sent too many. Then the connection ends.
    private mutating func takeRenames(_ count: Int, now: NIODeadline) -> Bool {
        guard count > 1 else { return true }
        guard limits.renames.take(now: now.uptimeNanoseconds) else {
            let words = "\(surroundings.title) changes nicks without end."
            hangUp(LinkEnd(failure: Failure(.remoteDown, words), cause: .broken))
            return false
        }
        limits.renames.charge(count - 1)
        return true
    }
}
