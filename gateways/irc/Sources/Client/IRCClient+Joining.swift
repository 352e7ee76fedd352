import Basics
import GatewayKit
import NIOCore

extension IRCClient {
    static let joiningHandlers = [
        HandlerRow(.join, least: 1) { $0.receivedJoin($1) },
        HandlerRow(353, least: 4) { $0.receivedNames($1) },
        HandlerRow(366, least: 2) { $0.receivedEndOfNames($1) },
    ]

    /// Queues a JOIN for a channel that we are not in. The `waiting` requests get their outcome when the entry is
    /// complete or has failed. If there are none, a failure is shown to the user as a notice.
    mutating func enter(_ room: RoomAddress, key: Secret?, waiting: [RequestID]) {
        let name = fold(room.name)
        guard !isTaken(room) else {
            return fail(waiting, Failure(.conflict, "Another channel already has the address \(room.name)."))
        }
        guard channels.count < IRCClient.channelLimit else {
            return fail(waiting, Failure(.rateLimited, "You are in too many channels of this network."))
        }
        guard let target = MiddleParameter(room.name), room.name.utf8.count <= support.channelLength ?? 200 else {
            return fail(waiting, Failure(.malformedAddress, "\(room.name) is not a name for a channel."))
        }
        var line = OutboundLine(.join, target)
        if let key, !key.isEmpty {
            guard let middle = MiddleParameter(key.reveal()) else {
                let words = "The password of a channel cannot contain spaces or commas."
                return fail(waiting, Failure(.notAuthorized, words))
            }
            line = OutboundLine(.join, target, middle)
        }
        if let failure = outbox.submit(nil, .join, target: name, lines: [(line, "")]) { return fail(waiting, failure) }
        add(IRCChannel(address: room, name: room.name, key: key, waiting: waiting), as: name)
    }

    /// Whether a channel has this address already. A look-up by name is not enough: a channel keeps its address
    /// when the server spells its name in another way, and another channel can then have the old name.
    private func isTaken(_ address: RoomAddress) -> Bool { channels.values.contains { $0.address == address } }

    /// Reports that all these requests have failed.
    mutating func fail(_ requests: [RequestID], _ failure: Failure) {
        for request in requests { fail(request, failure) }
    }

    private mutating func receivedJoin(_ line: Inbound) {
        // Our nick is known only after the welcome (001).
        guard registration.isWelcomed else { return }
        for name in line.parameters[0].split(separator: ",").map(String.init) {
            if isOwn(line.nick) { receivedOwnJoin(line, name) } else { receivedOtherJoin(line, name) }
        }
    }

    private mutating func receivedOwnJoin(_ line: Inbound, _ name: String) {
        line.message.source.map { identity.learn($0) }
        let folded = fold(name)
        if channels[folded] == nil {
            // The server has put us into this channel unasked. Ignore it if no address can name the channel.
            guard channels.count < IRCClient.channelLimit, MiddleParameter(name) != nil, let first = name.utf8.first,
                surroundings.channelTypes.utf8.contains(first)
            else { return }
            let address = RoomAddress(network: surroundings.network, name: IRCRules.canonical(name))
            guard !isTaken(address) else { return }
            add(IRCChannel(address: address, name: name), as: folded)
        }
        channels[folded]?.name = name
        channels[folded]?.ownJoinShownAt = line.now
        if let account = accountOnJoin(line), let channel = channels[folded], !channel.isJoined {
            let own = fold(line.nick)
            if channel.members[own] == nil { add(line.nick, to: channel) }
            channel.members[own]?.details = OccupantDetails(account: account)
        }
        completeEntry(folded, now: line.now)
    }

    private mutating func receivedOtherJoin(_ line: Inbound, _ name: String) {
        let folded = fold(name)
        seen(line.nick, isOnline: true)
        let name = fold(line.nick)
        guard let channel = channels[folded], channel.members[name] == nil,
            let member = add(line.nick, account: accountOnJoin(line), to: channel), channel.isJoined
        else { return }
        if isReturning(line) { return hold(name, in: folded, now: line.now) }
        emit(.room(channel.address, .occupantJoined(channel.occupant(member, support: support))))
    }

    /// The account of a person who joins (IRCv3 extended-join, account-tag). Nil if there is none, or if the line does
    /// not say.
    private func accountOnJoin(_ line: Inbound) -> String? {
        if line.parameters.count > 2, registration.capabilities.enabled.contains(.extendedJoin) {
            return account(named: line.parameters[1])
        }
        return line.message.tags[.account].flatMap { account(named: $0) }
    }

    /// Adds an entry of a list of names: `@nick` or `@nick!user@host`. The signs before the nick give its ranks, and
    /// the user and host are dropped. Signs that the server has not announced give no rank.
    private mutating func add(named name: Substring, to channel: IRCChannel) {
        var ranks = MemberRanks()
        let bare = ranks.take(name, support: support).utf8.drop(while: IRCClient.canOnlyBeSign)
        let nick = Substring(bare.prefix { $0 != UInt8(ascii: "!") && $0 != UInt8(ascii: "@") })
        add(String(nick), ranks, to: channel)
    }

    /// Whether a byte before a nick in a list of names must be the sign of a rank, because no nick begins with it.
    private static func canOnlyBeSign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "@"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Adds a member. Returns nil, and adds nothing, if the nick is not valid, or if `memberLimit` or that of the user's
    /// connections (`UserMembers`) is reached. Our own nick is always added.
    @discardableResult
    mutating func add(
        _ nick: String, _ ranks: MemberRanks = MemberRanks(), account: String? = nil, to channel: IRCChannel
    ) -> IRCChannel.Member? {
        let isUs = isOwn(nick)
        guard isUs || hasRoomForMember && IRCRules.isNick(nick) else { return nil }
        let name = fold(nick)
        var member = IRCChannel.Member(nick: isUs ? identity.nick : nick, ranks: ranks)
        // The names of a channel may list a person after the person's own JOIN, which has told more.
        member.details = account.map { OccupantDetails(account: $0) } ?? channel.members[name]?.details
        insert(member, as: name, in: channel)
        return member
    }

    private mutating func receivedNames(_ line: Inbound) {
        let folded = fold(line.parameters[line.parameters.count - 2])
        // After our entry only JOIN, PART and the like change the list.
        guard let channel = channels[folded], !channel.isJoined else { return }
        for name in line.parameters[line.parameters.count - 1].utf8.split(separator: UInt8(ascii: " ")) {
            add(named: Substring(name), to: channel)
        }
    }

    private mutating func receivedEndOfNames(_ line: Inbound) {
        let folded = fold(line.parameters[1])
        channels[folded]?.hasAllNames = true
        completeEntry(folded, now: line.now)
    }

    /// Completes an entry and tells the core, if both our JOIN and the end of the names have come. Some
    /// servers send the JOIN first, others the names.
    mutating func completeEntry(_ folded: FoldedName, now: NIODeadline) {
        guard let channel = channels[folded], !channel.isJoined, channel.hasAllNames, channel.ownJoinShownAt != nil
        else {
            return
        }
        // Some servers leave our own nick out of the names. Our nick may also have changed since our JOIN.
        if channel.members[fold(identity.nick)] == nil { add(identity.nick, to: channel) }
        let (waiting, held) = (channel.waiting, channel.heldEvents)
        channel.isJoined = true
        channel.waiting = []
        channel.heldEvents = []
        emit(entry(into: channel, asksModes: outbox.hasSpareToken(now: now)))
        _ = outbox.eventObserved(.join, target: folded)
        for request in waiting { accept(request) }
        modesWanted.append(folded)
        if support.hasWHOX { memberQueries.want(folded) }
        for event in held { emit(withoutOurNick(event)) }
    }

    /// Makes the event that shows the room to the core. Spells our own nick as the welcome did, because some servers
    /// spell it differently in the list of names.
    ///
    /// - Parameter asksModes: whether we ask for the modes of the channel now.
    func entry(into channel: IRCChannel, asksModes: Bool = false) -> Event {
        channel.members[fold(identity.nick)]?.nick = identity.nick
        if identity.isAway {
            var details = channel.members[fold(identity.nick)]?.details ?? OccupantDetails()
            details.availability = identity.availability
            channel.members[fold(identity.nick)]?.details = details
        }
        let joined = channel.snapshot(nick: identity.nick, support: support, asksModes: asksModes)
        return .room(channel.address, .joined(joined))
    }

    /// Removes the sender of a held message if the sender's nick is ours by now. The core would otherwise take the
    /// message for one of the user's own.
    private func withoutOurNick(_ event: Event) -> Event {
        guard case .message(let said) = event, case .room(let room, let nick?) = said.origin, nick == identity.nick,
            !said.isOwn
        else {
            return event
        }
        return .message(
            InboundMessage(
                from: .room(room, nick: nil), said.content, id: said.id, sentAt: said.sentAt))
    }

    /// Ends an entry that the network refused, or that we left before it was complete.
    mutating func entryFailed(_ folded: FoldedName, _ failure: Failure, now: NIODeadline) {
        guard let channel = channels[folded], !channel.isJoined else { return }
        forget(folded, now: now)
        limits.entryRefused(to: folded)
        if channel.waiting.isEmpty {
            tell("\(channel.name) could not be entered again. \(failure.text)")
            emit(.room(channel.address, .left(.left(reason: failure.text))))
        }
        fail(channel.waiting, failure)
    }

    /// Removes a channel, and notes when the last one was left.
    mutating func forget(_ folded: FoldedName, now: NIODeadline) {
        guard removeChannel(folded) != nil else { return }
        if channels.isEmpty { roomlessSince = now }
    }
}
