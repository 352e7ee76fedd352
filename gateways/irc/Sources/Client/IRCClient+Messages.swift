import Basics
import GatewayKit
import NIOCore
import Networking

extension IRCClient {
    static let messageHandlers = [
        HandlerRow(.privmsg, least: 2) { $0.receivedMessage($1) },
        HandlerRow(.notice, least: 2) { $0.receivedMessage($1) },
    ]

    /// PRIVMSG and NOTICE.
    private mutating func receivedMessage(_ line: Inbound) {
        let (target, text) = (line.parameters[0], line.parameters[1])
        let isNotice = line.message.command == .verb(.notice)
        // `accepted` stands for our own words; they are never shown again, not even those written to ourselves.
        if isOwn(line.nick) { return isNotice ? () : receivedEcho(line, target: target, text: text) }
        guard registration.isWelcomed else { return }
        let fromServer = line.message.source?.looksLikeServer ?? true
        if let said = words(line, text, isNotice: isNotice) {
            let whole = fold(target)
            if channels[whole] != nil {
                deliver(said, line, inChannel: whole, nick: fromServer ? nil : line.nick)
            } else if let name = support.channelName(ofTarget: target) {
                deliver(said, line, inChannel: fold(name), nick: fromServer ? nil : line.nick)
            } else if fromServer {
                tell(said.body)
            } else if !isOwn(target) {
                tell("\(line.nick) to \(target): \(said.body)")
            } else if IRCRules.isNick(line.nick) {
                deliver(said, line, from: line.nick)
            }
        }
    }

    private mutating func receivedEcho(_ line: Inbound, target: String, text: String) {
        line.message.source.map { identity.learn($0) }
        let id = line.message.messageID
        settle(outbox.echoed(target: fold(target), text: text, label: line.label, id: id), now: line.now)
    }

    /// What people see of it; nil if nothing. Answers CTCP requests.
    private mutating func words(_ line: Inbound, _ text: String, isNotice: Bool) -> Text? {
        var (body, form) = (text, isNotice ? Text.Form.notice : .plain)
        if let ctcp = CTCP(text) {
            guard ctcp.command == "ACTION", !isNotice else {
                if !isNotice, isOwn(line.parameters[0]) { answer(ctcp, to: line.nick, now: line.now) }
                return nil
            }
            (body, form) = (ctcp.text, .action)
        }
        let plain = PlainText.of(body)
        return plain.isEmpty ? nil : Text(plain, form: form)
    }

    /// Polite, but only if nothing of our user's waits, and not often.
    private mutating func answer(_ ctcp: CTCP, to nick: String, now: NIODeadline) {
        let text: String
        switch ctcp.command {
        case "VERSION": text = settings.version
        case "PING": text = PlainText.of(ctcp.text).clipped(toBytes: 100)
        default: return
        }
        guard let target = Middle(nick), isReady, ctcpAnswers.take(now: now.uptimeNanoseconds),
            outbox.takeSpareToken(now: now)
        else {
            return
        }
        write(OutboundLine(.notice, target, trailing: Trailing(CTCP.reply(ctcp.command, text))))
    }

    private mutating func deliver(_ said: Text, _ line: Inbound, inChannel name: FoldedName, nick: String?) {
        guard let channel = channels[name] else { return }
        let shown = nick.flatMap { channel.members[fold($0)]?.nick ?? (IRCRules.isNick($0) ? $0 : nil) }
        // Only the server speaks as the room; a sender whose nick is none is quoted by the network.
        if let nick, shown == nil { return tell("\(nick) to \(channel.name): \(said.body)") }
        let message = inbound(said, line, from: .room(channel.address, nick: shown), displayName: shown)
        if channel.isJoined {
            emit(.message(message))
        } else if channels.values.reduce(0, { $0 + $1.held.count }) < IRCClient.heldLimit {
            channel.held.append(.message(message))
        }
    }

    private mutating func deliver(_ said: Text, _ line: Inbound, from nick: String) {
        lastConversation = line.now
        let peer = PeerAddress(network: settings.network, name: IRCRules.canonical(nick))
        emit(.message(inbound(said, line, from: .peer(peer), displayName: nick)))
    }

    private func inbound(
        _ said: Text, _ line: Inbound, from origin: InboundMessage.Origin, displayName: String?
    ) -> InboundMessage {
        InboundMessage(
            from: origin, displayName: displayName, .text(said), id: line.message.messageID,
            sentAt: sentAt(line.message))
    }

    /// Nil for what was said just now; a server's clock may be a little off.
    private func sentAt(_ message: IRCMessage) -> Timestamp? {
        guard let time = message.tags[.time].flatMap(ServerTime.parse) else { return nil }
        if batches.isHistory(message) { return time }
        return settings.clock().secondsSince1970 - time.secondsSince1970 > 60 ? time : nil
    }
}
