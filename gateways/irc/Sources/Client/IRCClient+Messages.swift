import Basics
import GatewayKit
import NIOCore
import Networking

extension IRCClient {
    static let messageHandlers = [
        HandlerRow(.privmsg, least: 2) { $0.receivedMessage($1) },
        HandlerRow(.notice, least: 2) { $0.receivedMessage($1) },
    ]

    /// Handles PRIVMSG and NOTICE.
    private mutating func receivedMessage(_ line: Inbound) {
        let (target, text) = (line.parameters[0], line.parameters[1])
        let isNotice = line.message.command == .verb(.notice)
        // The core shows our own messages when it gets their outcome, also those that we write to ourselves. An event
        // would show them twice.
        if isOwn(line.nick) { return isNotice ? () : receivedEcho(line, target: target, text: text) }
        guard registration.isWelcomed else { return }
        guard let said = words(line, text, isNotice: isNotice) else { return }
        // Most messages are for a channel by its own name, or for us.
        if let channel = channels[fold(target)] { return deliver(.text(said), line, in: channel) }
        if isOwn(target), !line.isFromServer { return deliver(.text(said), line, at: .ourselves) }
        switch place(ofTarget: target) {
        case .elsewhere where line.isFromServer, .ourselves where line.isFromServer: tell(said.body)
        case .elsewhere: tell("\(line.nick) to \(target): \(said.body)")
        case let place: deliver(.text(said), line, at: place)
        }
    }

    /// The place to which the target of a line belongs.
    enum Place: Equatable {
        case channel(FoldedName)
        case ourselves
        case elsewhere
    }

    /// Finds the place that the target of a line names. `@#channel` names the channel.
    func place(ofTarget target: String) -> Place {
        let whole = fold(target)
        if channels[whole] != nil { return .channel(whole) }
        if let name = support.channelName(ofTarget: target) { return .channel(fold(name)) }
        return isOwn(target) ? .ourselves : .elsewhere
    }

    private mutating func receivedEcho(_ line: Inbound, target: String, text: String) {
        line.message.source.map { identity.learn($0) }
        // A message in a history batch was sent earlier. It is no echo of a line in flight.
        guard !batches.isHistory(line.message) else { return }
        guard !takeUnshownEcho(text) else { return }
        let echo = outbox.echoed(
            .message, target: fold(target), text: text, label: line.label, id: line.message.messageID)
        settle(echo, now: line.now)
    }

    /// Returns the part of the text that people are shown. Nil if there is none, as in a CTCP request, which this
    /// function answers.
    private mutating func words(_ line: Inbound, _ text: String, isNotice: Bool) -> Text? {
        var (body, form) = (text, isNotice ? Text.Form.notice : .plain)
        if let ctcp = CTCP(text) {
            guard ctcp.command == "ACTION", !isNotice else {
                if !isNotice, isOwn(line.parameters[0]) { answer(ctcp, to: line.nick, now: line.now) }
                return nil
            }
            (body, form) = (ctcp.text, .action)
        }
        let plain = PlainText.withoutFormatting(body)
        return plain.isEmpty ? nil : Text(plain, form: form)
    }

    /// Answers a CTCP request, unless lines of the user wait to be written or `ctcpAnswers` is empty.
    private mutating func answer(_ ctcp: CTCP, to nick: String, now: NIODeadline) {
        let text: String
        switch ctcp.command {
        case "VERSION": text = settings.version
        case "PING": text = PlainText.withoutFormatting(ctcp.text).clipped(toBytes: 100)
        default: return
        }
        guard let target = MiddleParameter(nick), isReady, ctcpAnswers.take(now: now.uptimeNanoseconds),
            outbox.takeSpareToken(now: now)
        else {
            return
        }
        write(OutboundLine(.notice, target, trailing: TrailingParameter(CTCP.reply(ctcp.command, text))))
    }

    /// Tells the core of content from another user. Drops it if the place is not one of our channels nor ourselves, or
    /// if the sender's nick is not valid.
    mutating func deliver(_ content: Content, _ line: Inbound, at place: Place) {
        switch place {
        case .channel(let name): channels[name].map { deliver(content, line, in: $0) }
        case .ourselves where IRCRules.isNick(line.nick):
            lastConversation = line.now
            let peer = PeerAddress(network: settings.network, name: IRCRules.canonical(line.nick))
            emit(.message(inbound(content, line, from: .peer(peer), displayName: line.nick)))
        case .ourselves, .elsewhere: break
        }
    }

    private mutating func deliver(_ content: Content, _ line: Inbound, in channel: IRCChannel) {
        // A message without a nick is one of the room itself. Only the server may send that.
        let nick = line.isFromServer ? nil : line.nick
        let shown = nick.flatMap { channel.members[fold($0)]?.nick ?? (IRCRules.isNick($0) ? $0 : nil) }
        if let nick, shown == nil { return quote(content, of: nick, in: channel) }
        let message = inbound(content, line, from: .room(channel.address, nick: shown), displayName: shown)
        if channel.isJoined {
            emit(.message(message))
        } else if channels.values.reduce(0, { $0 + $1.heldEvents.count }) < IRCClient.heldLimit {
            channel.heldEvents.append(.message(message))
        }
    }

    /// Shows the message as a notice of the network: its sender has no valid nick and so no address.
    private mutating func quote(_ content: Content, of nick: String, in channel: IRCChannel) {
        if case .text(let said) = content { tell("\(nick) to \(channel.name): \(said.body)") }
    }

    private func inbound(
        _ content: Content, _ line: Inbound, from origin: InboundMessage.Origin, displayName: String?
    ) -> InboundMessage {
        InboundMessage(
            from: origin, displayName: displayName, content, id: line.message.messageID, sentAt: sentAt(line.message))
    }

    /// The time of a message from a history batch, or of a message that is older than 60 seconds; nil for a new
    /// message. The 60 seconds allow for a slow clock of the server.
    private func sentAt(_ message: IRCMessage) -> Timestamp? {
        guard let time = message.tags[.time].flatMap(ServerTime.parse) else { return nil }
        if batches.isHistory(message) { return time }
        return settings.clock().secondsSince1970 - time.secondsSince1970 > 60 ? time : nil
    }
}
