import Basics
import GatewayKit
import NIOCore
import Networking

extension IRCClient {
    static let privmsg = Handler(minimum: 2) { $0.receivedMessage($1) }

    static let messageHandlers = [
        HandlerRow(.privmsg, least: privmsg.minimum, privmsg.run),
        HandlerRow(.notice, least: 2) { $0.receivedMessage($1) },
    ]

    /// Handles PRIVMSG and NOTICE.
    mutating func receivedMessage(_ line: Inbound) {
        if addToMultiline(line) { return }
        let (target, text) = (line.parameters[0], line.parameters[1])
        let isNotice = line.message.command == .verb(.notice)
        // The core shows our own messages when it gets their outcome, also those that we write to ourselves. An event
        // would show them twice.
        if isOwn(line.nick) { return receivedOwn(line, target: target, text: text, isNotice: isNotice) }
        guard registration.isWelcomed else { return }
        if isNotice, let label = line.label { outbox.noticed(PlainText.withoutFormatting(text), label: label) }
        guard let said = words(line, text, isNotice: isNotice) else { return }
        // Most messages are for us by our nick as we write it, or for a channel by its own name.
        if target == identity.nick, !line.isFromServer { return deliver(.text(said), line, at: .ourselves) }
        if let channel = channels[fold(target)] { return deliver(.text(said), line, in: channel) }
        switch place(ofTarget: target) {
        case .ourselves where line.isFromServer:
            if !isNotice || !refusedByNotice(PlainText.withoutFormatting(text), now: line.now) { tell(text) }
        case .elsewhere where line.isFromServer: tell(text)
        case .elsewhere: tell("\(line.nick) to \(target): \(CTCP(text)?.text ?? text)")
        case let place: deliver(.text(marked(said, target: target)), line, at: place)
        }
    }

    /// The text with its target before it, if the target begins with the sign of a rank, such as `@#channel`. Such a
    /// message reaches only members of that rank (RPL_ISUPPORT `STATUSMSG`).
    func marked(_ text: Text, target: String) -> Text {
        guard !support.isChannel(target), support.channelName(ofTarget: target) != nil else { return text }
        return Text(
            "[\(PlainText.withoutFormatting(target))] \(text.body)", form: text.form,
            allowsEmphasis: text.allowsEmphasis)
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

    /// Returns the part of the text that people are shown. Nil if there is none, as in a CTCP request, which this
    /// function answers.
    private mutating func words(_ line: Inbound, _ text: String, isNotice: Bool) -> Text? {
        guard let ctcp = CTCP(text) else { return Self.shown(text, form: isNotice ? .notice : .plain) }
        if ctcp.command == "ACTION", !isNotice { return Self.shown(ctcp.text, form: .action) }
        if isOwn(line.parameters[0]) {
            if !isNotice { answer(ctcp, to: line.nick, now: line.now) } else { received(answer: ctcp, from: line.nick) }
        }
        return nil
    }

    /// The text with marks of emphasis instead of formatting codes (`Emphasis`). Nil if no text is left.
    static func shown(_ text: String, form: Text.Form) -> Text? {
        guard !text.isPlainASCII else {
            return text.isEmpty ? nil : Text(text, form: form, allowsEmphasis: !Emphasis.looksMarked(text))
        }
        if text.utf8.contains(UInt8(ascii: "\n")) { return shownLines(text, form: form) }
        let (shown, hasMarks) = Emphasis.marked(text)
        return shown.isEmpty ? nil : Text(shown, form: form, allowsEmphasis: hasMarks || !Emphasis.looksMarked(shown))
    }

    /// The same for a text of several lines. Formatting ends at the end of its line.
    private static func shownLines(_ text: String, form: Text.Form) -> Text? {
        var blocks = PreformattedBlocks()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let plain = PlainText.withoutFormatting(String(line))
            return blocks.hold(plain) ? (text: plain, hasMarks: false) : Emphasis.marked(String(line))
        }
        let whole = lines.map(\.text).joined(separator: "\n")
        guard !whole.utf8.allSatisfy({ $0 == UInt8(ascii: "\n") }) else { return nil }
        return Text(
            whole, form: form, allowsEmphasis: lines.contains(where: \.hasMarks) || !Emphasis.looksMarked(whole))
    }

    /// Answers a CTCP request, unless lines of the user wait to be written or `ctcpAnswers` is empty. Refuses a request
    /// for a direct connection (DCC), because the gateway makes none.
    private mutating func answer(_ ctcp: CTCP, to nick: String, now: NIODeadline) {
        guard let target = MiddleParameter(nick), let text = answer(to: ctcp), isReady,
            limits.ctcpAnswers.take(now: now.uptimeNanoseconds), outbox.takeSpareToken(now: now)
        else { return }
        write(OutboundLine(.notice, target, trailing: TrailingParameter(text)))
        guard ctcp.command == "DCC" else { return }
        tell("\(nick) offered you a direct connection (DCC). This gateway takes none, and has told \(nick) so.")
    }

    /// The text of the NOTICE that answers a CTCP request. Nil if we do not answer such requests.
    private func answer(to ctcp: CTCP) -> String? {
        switch ctcp.command {
        case "VERSION": CTCP.reply("VERSION", surroundings.version)
        case "PING": CTCP.reply("PING", PlainText.withoutFormatting(ctcp.text).clipped(toBytes: 100))
        case "TIME": CTCP.reply("TIME", DateTime.print(surroundings.clock().secondsSince1970.rounded(.down)))
        case "CLIENTINFO": CTCP.reply("CLIENTINFO", "ACTION CLIENTINFO PING SOURCE TIME VERSION")
        case "SOURCE": CTCP.reply("SOURCE", "Martlet, a gateway. Ask its operator for the source.")
        case "DCC": "I cannot take direct connections (DCC). Send the file or the text in another way."
        default: nil
        }
    }

    /// Tells the core of content from another user. Drops it if the place is not one of our channels nor ourselves, or
    /// if the sender's nick is not valid.
    mutating func deliver(_ content: Content, _ line: Inbound, at place: Place) {
        switch place {
        case .channel(let name): channels[name].map { deliver(content, line, in: $0) }
        case .ourselves where IRCRules.isNick(line.nick):
            lastConversation = line.now
            let peer = PeerAddress(network: surroundings.network, name: IRCRules.canonical(line.nick))
            partners.note(peer)
            emit(.message(inbound(content, line, from: .peer(peer), displayName: line.nick)))
        case .ourselves, .elsewhere: break
        }
    }

    private mutating func deliver(_ content: Content, _ line: Inbound, in channel: IRCChannel) {
        // A message without a nick is one of the room itself. Only the server may send that.
        let nick = line.isFromServer ? nil : line.nick
        let name = nick.map { fold($0) }
        let member = name.flatMap { channel.members[$0] }
        if let member, let name { prepare(member, name, line, in: channel) }
        let shown = member?.nick ?? nick.flatMap { IRCRules.isNick($0) ? $0 : nil }
        if let nick, shown == nil { return quote(content, of: nick, in: channel) }
        show(inbound(content, line, from: .room(channel.address, nick: shown), displayName: shown), in: channel)
    }

    /// Tells the core of a speaker who has come back without its knowledge, or whose line tells details.
    private mutating func prepare(
        _ member: IRCChannel.Member, _ name: FoldedName, _ line: Inbound, in channel: IRCChannel
    ) {
        if member.isUntold { tellReturned(Returning.Member(channel: fold(channel.name), name: name)) }
        guard !channel.isKnown, !line.message.tags.isEmpty, !batches.isHistory(line.message) else { return }
        readTags(line, of: member)
    }

    /// Whether another message can be held until an entry is complete.
    private var canHold: Bool { channels.values.reduce(0) { $0 + $1.heldEvents.count } < IRCClient.heldLimit }

    /// Tells the core of a message in a channel, now or when the entry is complete.
    mutating func show(_ message: consuming InboundMessage, in channel: IRCChannel) {
        if channel.isJoined {
            emit(.message(message))
        } else if canHold {
            channel.heldEvents.append(.message(message))
        }
    }

    /// Shows the message as a notice of the network: its sender has no valid nick and so no address.
    private mutating func quote(_ content: Content, of nick: String, in channel: IRCChannel) {
        if case .text(let said) = content { tell("\(nick) to \(channel.name): \(said.body)") }
    }

    func inbound(
        _ content: Content, _ line: Inbound, from origin: InboundMessage.Origin, displayName: String?,
        isOwn: Bool = false
    ) -> InboundMessage {
        InboundMessage(
            from: origin, displayName: displayName, content, id: line.message.messageID, sentAt: sentAt(line.message),
            isOwn: isOwn)
    }

    /// The time of a message from a history batch, or of a message that is older than 60 seconds; nil for a new
    /// message. The 60 seconds allow for a slow clock of the server.
    private func sentAt(_ message: IRCMessage) -> Timestamp? {
        guard let time = message.tags[.time].flatMap(ServerTime.parse) else { return nil }
        if batches.isHistory(message) { return time }
        return surroundings.clock().secondsSince1970 - time.secondsSince1970 > 60 ? time : nil
    }
}
