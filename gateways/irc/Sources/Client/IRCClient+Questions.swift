import GatewayKit
import NIOCore

/// Questions of the core to the network. This file handles lines in the protocol and typed commands; other files handle
/// the rest.
extension IRCClient {
    /// Answers a question.
    mutating func ask(_ question: Question, _ id: RequestID, now: NIODeadline) {
        switch question {
        case .rooms(let search, let page): listRooms(search, page, id, now: now)
        case .raw(let text): askRaw(text, id, now: now)
        case .command(let text, at: let address): doCommand(text, at: address, id, now: now)
        case .profile(let peer): askProfile(of: peer, id)
        case .software(let peer): ask(.version, peer, id, now: now)
        case .echo(let peer): ask(.ping, peer, id, now: now)
        case .time(let peer): ask(.time, peer, id, now: now)
        default: settleWithoutNetwork(Request(id: id, action: .ask(question)))
        }
    }

    private mutating func askRaw(_ text: String, _ id: RequestID, now: NIODeadline) {
        do throws(RawLine.Flaw) {
            submit(UserLines.Item(id, OutboundLine(try RawLine(text)), .raw), now: now)
        } catch {
            fail(id, Failure(.notAcceptable, error.words))
        }
    }

    private mutating func doCommand(_ text: String, at address: Address, _ id: RequestID, now: NIODeadline) {
        var place = SlashCommand.Place.network
        switch address {
        case .network: break
        case .room(let room):
            guard let channel = joined(room, id) else { return }
            place = .channel(channel.name)
        case .peer(let peer): place = .person(peer.name)
        }
        let context = SlashCommand.Context(
            place: place, nick: identity.nick, support: support, sourceLength: identity.prefixLength(support.lengths),
            topic: place.channel.flatMap { channels[fold($0)]?.topic }, makesAccounts: makesAccounts)
        switch SlashCommand.read(text, context) {
        case .failure(let refusal): fail(id, refusal)
        case .success(.mask(let channel, let word, let nick)):
            changeMask(MaskRequest(id: id, channel: channel, nick: nick, change: .typed(word: word)))
        case .success(.words(let lines)): emit(.answer(id, .command(lines)))
        case .success(.line(let line, let confirmation)):
            submit(UserLines.Item(id, line, .command, confirmation: confirmation), now: now)
        }
    }

    mutating func submit(_ item: UserLines.Item, now: NIODeadline) {
        lastConversation = now
        guard userLines.add(item) else {
            let words = "Too many of your commands wait for \(surroundings.title). Wait a moment."
            return fail(item.id, Failure(.rateLimited, words))
        }
        askNext()
    }

    /// Queues the next line of a user, if none is under way.
    private mutating func askNext() {
        while let item = userLines.next() {
            let failure = outbox.submit(
                nil, .raw, target: fold("*"), turn: fold(item.line.target ?? ""), lines: [(item.line, "")])
            guard let failure else { return }
            _ = userLines.end()
            fail(item.id, failure)
        }
    }

    /// Adds a numeric reply to the answer to the user's line under way. The reply is also handled as any other line.
    mutating func hearAnswer(_ line: Inbound) {
        guard case .numeric(let number) = line.message.command, number >= 5,
            outbox.awaitsReply(.raw, label: line.label),
            line.label != nil || !IRCClient.unaskedReplies.contains(number), !belongsToEntry(line, number),
            !answersMemberQuery(number, line), number != 302 || line.label != nil || maskRequests.isEmpty
        else { return }
        let text = ReplyWords.text(number, line.parameters)
        if !text.isEmpty, !Refusal.isError(number) { userLines.heard(text) }
    }

    /// Counts a reply to a question that we have not asked as ignored. A line that the user has typed may have asked it.
    mutating func ignoreUnasked() { if !userLines.isOpen { ignoreLine() } }

    /// Shows a reply without a handler as a notice of the network, unless it answers a line of the user.
    mutating func receivedReply(_ number: Int, _ line: Inbound) {
        guard isReady, line.label == nil, !userLines.isOpen, !IRCClient.quietReplies.contains(number) else { return }
        tell(ReplyWords.text(number, line.parameters))
    }

    /// Replies that are not shown to a user who has not asked for them: those of the welcome, the server's numbers of
    /// users, and those to lines that the gateway sends by itself.
    private static let quietReplies = Set(250...266).union(unaskedReplies).union([
        1, 2, 3, 4, 5, 302, 315, 324, 329, 331, 332, 333, 352, 354, 353, 366, 375,
    ])

    /// Replies to lines that the gateway sends at any time by itself (ISON, LIST, MONITOR, login).
    private static let unaskedReplies: Set<Int> = [303, 321, 322, 323, 730, 731, 732, 733, 734, 761, 900, 901, 903]

    /// Whether the reply belongs to an entry into a channel that is under way.
    private func belongsToEntry(_ line: Inbound, _ number: Int) -> Bool {
        guard line.label == nil, [324, 329, 332, 333, 352, 353, 354, 366, 315].contains(number) else { return false }
        return line.parameters.dropFirst().contains { name in channels[fold(name)].map { !$0.isJoined } ?? false }
    }

    /// Takes an error reply that fits no other request as the refusal of the line under way. Returns false if none is.
    mutating func takesRefusal(_ number: Int, _ line: Inbound) -> Bool {
        guard userLines.isOpen, outbox.awaitsReply(.raw, label: line.label) else { return false }
        let words = line.parameters.dropFirst().joined(separator: " ")
        let kind = userLines.current.map { Refusal.kind(number, of: $0.line) } ?? .forbidden
        userLines.refused(Failure(kind, PlainText.withoutFormatting(words).clipped(toBytes: 500)))
        return true
    }

    /// Answers the request of the user's line under way, and sends the next line. Call it when the server has read the
    /// line, or when the line has failed.
    mutating func userLineEnded(_ result: Result<MessageID?, Failure>) {
        guard let item = userLines.end() else { return }
        switch (result, item.refusal) {
        case (.failure(let failure), nil) where failure.kind == .unknownOutcome && !item.lines.isEmpty:
            let lines = item.lines + [failure.text]
            emit(.answer(item.id, item.form == .raw ? .raw(lines) : .command(lines)))
        case (.failure(let failure), _), (.success, let failure?): fail(item.id, failure)
        case (.success, nil):
            let lines = (item.confirmation.map { [$0] } ?? []) + item.lines
            emit(.answer(item.id, item.form == .raw ? .raw(lines) : .command(lines)))
        }
        askNext()
    }
}
