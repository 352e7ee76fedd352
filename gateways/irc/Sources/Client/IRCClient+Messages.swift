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
        guard let said = words(line, text, isNotice: isNotice) else { return }
        switch place(ofTarget: target) {
        case .elsewhere where line.isFromServer, .ourselves where line.isFromServer: tell(said.body)
        case .elsewhere: tell("\(line.nick) to \(target): \(said.body)")
        case let place: deliver(.text(said), line, at: place)
        }
    }

    /// The addressee of a line.
    enum Place: Equatable {
        case channel(FoldedName)
        case ourselves
        case elsewhere
    }

    /// Reads the target of a line.
    func place(ofTarget target: String) -> Place {
        let whole = fold(target)
        if channels[whole] != nil { return .channel(whole) }
        if let name = support.channelName(ofTarget: target) { return .channel(fold(name)) }
        return isOwn(target) ? .ourselves : .elsewhere
    }

    private mutating func receivedEcho(_ line: Inbound, target: String, text: String) {
        line.message.source.map { identity.learn($0) }
        let echo = outbox.echoed(
            .message, target: fold(target), text: text, label: line.label, id: line.message.messageID)
        settle(echo, now: line.now)
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

    /// Tells the core of something that somebody else has said or done. Nothing, for a place outside our channels and
    /// for a sender whose nick is none.
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
        // Only the server speaks as the room.
        let nick = line.isFromServer ? nil : line.nick
        let shown = nick.flatMap { channel.members[fold($0)]?.nick ?? (IRCRules.isNick($0) ? $0 : nil) }
        if let nick, shown == nil { return quote(content, of: nick, in: channel) }
        let message = inbound(content, line, from: .room(channel.address, nick: shown), displayName: shown)
        if channel.isJoined {
            emit(.message(message))
        } else if channels.values.reduce(0, { $0 + $1.held.count }) < IRCClient.heldLimit {
            channel.held.append(.message(message))
        }
    }

    /// The network itself quotes a sender whose nick is none.
    private mutating func quote(_ content: Content, of nick: String, in channel: IRCChannel) {
        if case .text(let said) = content { tell("\(nick) to \(channel.name): \(said.body)") }
    }

    private func inbound(
        _ content: Content, _ line: Inbound, from origin: InboundMessage.Origin, displayName: String?
    ) -> InboundMessage {
        InboundMessage(
            from: origin, displayName: displayName, content, id: line.message.messageID, sentAt: sentAt(line.message))
    }

    /// Nil for what was said just now; a server's clock may be a little off.
    private func sentAt(_ message: IRCMessage) -> Timestamp? {
        guard let time = message.tags[.time].flatMap(ServerTime.parse) else { return nil }
        if batches.isHistory(message) { return time }
        return settings.clock().secondsSince1970 - time.secondsSince1970 > 60 ? time : nil
    }
}
