import Basics
import GatewayKit
import NIOCore

/// Asks the server about the members of channels that we have entered (WHOX). Names alone tell of nobody who is away, has
/// an account or is a bot.
extension IRCClient {
    static let memberQueryHandlers = [
        HandlerRow(354, least: 6) { $0.receivedMember($1) },
        HandlerRow(315, least: 2) { client, line in
            let folded = client.fold(line.parameters[1])
            if client.memberQueries.answered(folded) { client.channels[folded]?.isKnown = true }
        },
    ]

    /// Asks about the next channel, as far as flood control and the pace of all sessions allow. No line of the user waits
    /// for these questions, and none is asked while the user waits for an answer.
    mutating func askAboutMembers(now: NIODeadline) {
        guard support.hasWHOX else { return memberQueries.dropAll() }
        while let folded = memberQueries.next {
            guard let channel = channels[folded], channel.isJoined, let target = MiddleParameter(channel.name),
                channel.members.count <= MemberQueries.mostMembers
            else {
                memberQueries.dropNext()
                continue
            }
            guard modesWanted.isEmpty, !userLines.isOpen, outbox.hasSpareToken(now: now),
                memberQueries.hasTurn(channel.members.count, at: surroundings.commons.memberQueryPace, now: now),
                outbox.takeSpareToken(now: now)
            else { return }
            memberQueries.asked(now: now)
            write(OutboundLine(.who, target, MemberQueries.fields))
        }
    }

    /// When to ask about the next channel, or to give up an answer. Nil if nothing is to be asked.
    mutating func nextMemberQuery(now: NIODeadline) -> NIODeadline? {
        if let current = memberQueries.current { return current.end }
        // While other lines wait or the socket takes nothing, no clock is needed.
        guard canWrite, memberQueries.next != nil, modesWanted.isEmpty, !userLines.isOpen, outbox.queue.isEmpty else {
            return nil
        }
        let wait = outbox.bucket?.timeUntilNext(now: now.uptimeNanoseconds) ?? .zero
        return max(memberQueries.turn ?? now, now + TimeAmount(wait))
    }

    /// Whether a reply belongs to a question of ours, and not to a line of the user.
    func answersMemberQuery(_ number: Int, _ line: Inbound) -> Bool {
        switch number {
        case 354: line.parameters.count == 6 && line.parameters[1] == MemberQueries.token
        case 315: line.parameters.count > 1 && memberQueries.current?.channel == fold(line.parameters[1])
        default: false
        }
    }

    /// Handles one reply to WHOX: token, channel, nick, flags, account. Ignores a reply about a channel that we have
    /// not asked about. The flags are `H` or `G` (here, gone), `*` for staff, the letter of bots, and the signs of
    /// ranks.
    private mutating func receivedMember(_ line: Inbound) {
        guard answersMemberQuery(354, line) else { return ignoreUnasked() }
        let folded = fold(line.parameters[2])
        guard memberQueries.current?.channel == folded, let channel = channels[folded] else { return ignoreUnasked() }
        let name = fold(line.parameters[3])
        guard channel.members[name] != nil else { return }
        let flags = line.parameters[4].utf8
        let account = account(named: line.parameters[5])
        let enabled = registration.capabilities.enabled
        var marks: OccupantMarks = []
        if flags.contains(UInt8(ascii: "*")), !support.prefixes.contains(where: { $0.sign == UInt8(ascii: "*") }) {
            marks.insert(.staff)
        }
        if let bot = support.botMode, flags.dropFirst().contains(bot) { marks.insert(.bot) }
        // The core may know details of the member from the time before a reconnect. They may have ended.
        let isFirst = channel.members[name]?.details == nil
        let known = isFirst ? knownDetails(of: name, in: channels(of: name)) : OccupantDetails()
        if isFirst { channel.members[name]?.details = known }
        let (isAway, isUs) = (flags.first == UInt8(ascii: "G"), isOwn(line.parameters[3]))
        learn(of: line.parameters[3], now: line.now) { details in
            details.marks = marks
            // Without a notice of the end, a state would stay for ever.
            if enabled.contains(.accountNotify) { details.account = account }
            // The answers to our own AWAY say more.
            guard enabled.contains(.awayNotify), !isUs else { return }
            if !isAway {
                details.availability = .available
            } else if details.availability == .available {
                details.availability = .away(nil)
            }
        }
        if isFirst, channel.members[name]?.details == known { tellDetails(of: name) }
    }
}
