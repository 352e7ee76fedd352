import DequeModule
import GatewayKit

/// Lines from our own nick: echoes of our lines, and messages of another client that shares the nick, as through a
/// bouncer (`znc.in/self-message`).
extension IRCClient {
    /// Handles PRIVMSG and NOTICE from our own nick.
    mutating func receivedOwn(_ line: Inbound, target: String, text: String, isNotice: Bool) {
        line.message.source.map { identity.learn($0) }
        // A message in a history batch was sent earlier. It is no echo of a line in flight.
        guard !batches.isHistory(line.message) else { return }
        guard !isNotice else { return showOwn(ownMessage(line, target: target, text: text, isNotice: true)) }
        guard !takeUnshownEcho(text) else { return }
        let folded = fold(target)
        let ctcp = CTCP(text)?.command
        let kind: RequestKind = ctcp.map { $0 != "ACTION" } ?? false ? .ctcp : .message
        let echo = outbox.echoed(
            kind, target: folded, text: text, label: line.label, id: line.message.messageID)
        if case .ours(let outcome) = echo { return settle(outcome, now: line.now) }
        // A line with a label is ours, although its request has its outcome already.
        guard line.label == nil else { return }
        let message = ownMessage(line, target: target, text: text, isNotice: false)
        let stray = Outbox.StrayEcho(
            kind: kind, target: folded, form: ctcp, id: line.message.messageID, message: message)
        guard outbox.mayBeChanged(stray) else { return showOwn(message) }
        if let forgotten = outbox.remember(stray) { showOwn(forgotten.message) }
    }

    /// Shows the stray echoes that belong to none of our lines: they are messages of another client. Call it when a
    /// fence has been answered.
    mutating func showStrayEchoes() {
        guard !outbox.strayEchoes.isEmpty else { return }
        for echo in outbox.takeStrayEchoes() { showOwn(echo.message) }
    }

    /// A message of another client that shares our nick. Nil if it has no text, if it is to ourselves, or if no address
    /// can name its receiver.
    private func ownMessage(_ line: Inbound, target: String, text: String, isNotice: Bool) -> InboundMessage? {
        let ctcp = CTCP(text)
        guard ctcp.map({ $0.command == "ACTION" && !isNotice }) ?? true, registration.isWelcomed,
            let said = Self.shown(ctcp?.text ?? text, form: ctcp != nil ? .action : isNotice ? .notice : .plain)
        else { return nil }
        switch place(ofTarget: target) {
        case .channel(let name):
            guard let channel = channels[name] else { return nil }
            let origin = InboundMessage.Origin.room(channel.address, nick: identity.nick)
            return inbound(
                .text(marked(said, target: target)), line, from: origin, displayName: identity.nick, isOwn: true)
        case .elsewhere where IRCRules.isNick(target):
            let peer = PeerAddress(network: surroundings.network, name: IRCRules.canonical(target))
            return inbound(.text(said), line, from: .peer(peer), displayName: target, isOwn: true)
        case .ourselves, .elsewhere: return nil
        }
    }

    private mutating func showOwn(_ message: InboundMessage?) {
        guard let message else { return }
        guard case .room(let room, nick: _) = message.origin else { return emit(.message(message)) }
        if let channel = channels[fold(room.name)] { show(message, in: channel) }
    }
}
