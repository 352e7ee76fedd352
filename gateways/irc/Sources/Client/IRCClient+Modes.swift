import Basics
import DequeModule
import GatewayKit
import NIOCore

/// The modes of channels: MODE lines and the answers to our questions for modes.
extension IRCClient {
    static let modeHandlers = [
        HandlerRow(.mode, least: 2) { $0.receivedMode($1) },
        HandlerRow(324, least: 3) { $0.receivedModes($1) },
    ]

    private mutating func receivedMode(_ line: Inbound) {
        let folded = fold(line.parameters[0])
        guard let channel = channels[folded] else {
            return isOwn(line.parameters[0]) ? receivedOwnMode(line) : ()
        }
        let changes = ModeChange.parse(line.parameters.dropFirst(), support: support)
        guard !changes.isEmpty else { return }
        noteBans(changes, by: line.nick, in: channel, now: line.now)
        let members = apply(changes, to: channel)
        if channel.isJoined {
            for member in members where !member.isUntold {
                emit(.room(channel.address, .occupantChanged(channel.occupant(member, support: support))))
            }
            announceProperties(of: channel)
            tell(line, in: channel)
        }
        if isOwn(line.nick) { settle(outbox.eventObserved(.mode, target: folded), now: line.now) }
    }

    /// Applies changes to a channel. Returns the members with a new rank, each once.
    private mutating func apply(_ changes: [ModeChange], to channel: IRCChannel) -> [IRCChannel.Member] {
        var changed: [FoldedName] = []
        var seen: Set<FoldedName> = []
        for change in changes {
            if change.mode == UInt8(ascii: "k") {
                channel.key = change.adding ? change.parameter.map { Secret($0) } : nil
            }
            if support.prefixes.contains(where: { $0.mode == change.mode }) {
                guard let nick = change.parameter.map(support.caseMapping.fold),
                    let before = channel.members[nick]?.ranks
                else { continue }
                channel.members[nick]?.ranks.set(change.mode, change.adding, support: support)
                if channel.members[nick]?.ranks != before, seen.insert(nick).inserted { changed.append(nick) }
            } else {
                channel.state?.apply(change, support)
            }
        }
        return changed.compactMap { channel.members[$0] }
    }

    /// Shows a MODE line in the room, as a message of the room itself.
    private mutating func tell(_ line: Inbound, in channel: IRCChannel) {
        let modes = line.parameters.dropFirst().joined(separator: " ")
        let words = "Mode \(channel.name) [\(modes)] by \(line.shownNick ?? surroundings.title)"
        let text = PlainText.withoutFormatting(words).clipped(toBytes: 600)
        emit(.message(InboundMessage(from: .room(channel.address, nick: nil), text: text)))
    }

    /// Handles the modes of a channel (RPL_CHANNELMODEIS).
    private mutating func receivedModes(_ line: Inbound) {
        let folded = fold(line.parameters[1])
        guard let channel = channels[folded] else { return }
        var state = ChannelState()
        for change in ModeChange.parse(line.parameters.dropFirst(2), support: support) { state.apply(change, support) }
        channel.state = state
        // Some servers show `*` instead of the key.
        if let key = state.parameter(UInt8(ascii: "k")), key != "*" { channel.key = Secret(key) }
        if channel.isJoined { announceProperties(of: channel) }
        settle(outbox.eventObserved(.modeList, target: folded, secondName: settingsMark), now: line.now)
    }

    /// Tells the core the properties of a channel, if they are known and new.
    private mutating func announceProperties(of channel: IRCChannel) {
        guard let properties = channel.state?.properties(support), properties != channel.announcedProperties else {
            return
        }
        channel.announcedProperties = properties
        emit(.room(channel.address, .propertiesChanged(properties)))
    }

    /// Asks for the modes of the channels in `modesWanted`, as far as flood control allows. Takes only tokens that no
    /// line of the user needs.
    mutating func askForModes(now: NIODeadline) {
        while let folded = modesWanted.first {
            guard let name = channels[folded]?.name, let target = MiddleParameter(name) else {
                modesWanted.removeFirst()
                continue
            }
            guard outbox.takeSpareToken(now: now) else { return }
            modesWanted.removeFirst()
            write(OutboundLine(.mode, target))
        }
        // An empty queue need not keep its memory: it is used once for each entry.
        modesWanted = []
    }
}
