import Basics
import GatewayKit
import NIOCore

extension IRCClient {
    /// Performs a request as `perform` does, unless the client is not ready. Returns whether it was ready. The function is
    /// mutating so that the caller does not copy the whole value to ask for `isReady`.
    mutating func performIfReady(_ request: Request, now: NIODeadline) -> Bool {
        guard isReady else { return false }
        perform(request, now: now)
        return true
    }

    /// Performs a request. Call this only while `isReady`, and `endTurn` afterwards, which writes the request's lines.
    mutating func perform(_ request: Request, now: NIODeadline) {
        switch request.action {
        case .send(let content, to: let address): send(content, to: address, request.id, now: now)
        case .join(let room, let password): join(room, password, request.id)
        case .leave(let room, let reason): leave(room, reason, request.id, now: now)
        case .changeNick(let nick): changeNick(nick, request.id)
        case .presence(let availability): setPresence(availability, request.id)
        case .watch(let people): watch(people, request.id, now: now)
        case .room(let room, .topic(let text)): setTopic(room, text, request.id)
        case .room(let room, .kick(let nick, let reason)): kick(room, nick, reason, request.id)
        case .room(let room, .invitation(let peer, _)): invite(peer, to: room, request.id)
        case .room(let room, .rank(let nick, let rank)): setRank(rank, of: nick, in: room, request.id)
        case .room(let room, .add(let entry, to: let list)):
            changeList(list, entry.pattern, adding: true, in: room, request.id)
        case .room(let room, .remove(pattern: let pattern, from: let list)):
            changeList(list, pattern, adding: false, in: room, request.id)
        case .room(let room, .settings(let values)): set(values, in: room, request.id)
        case .ask(.list(let room, let list)): askList(list, of: room, request.id)
        case .ask(.settings(let room)): askSettings(of: room, request.id)
        case .ask(let question): ask(question, request.id, now: now)
        // The session has applied `prefer` and `keepConnected` already. It pauses nothing, so `resume` has no effect.
        case .prefer, .keepConnected, .resume: accept(request.id)
        }
    }

    /// Accepts or refuses a request, as the capabilities say, without writing a line to the network.
    mutating func settleWithoutNetwork(_ request: Request) {
        if let failure = IRCSession.refusal(of: request.action, network: surroundings.title) {
            fail(request.id, failure)
        } else {
            accept(request.id)
        }
    }

    private mutating func send(_ content: Content, to address: Address, _ id: RequestID, now: NIODeadline) {
        switch content {
        case .text(let text): send(text, to: address, id, now: now)
        case .file(let file): send(file.asText, to: address, id, now: now)
        case .reaction(let message, let wanted): react(wanted, to: message, at: address, id, now: now)
        default: settleWithoutNetwork(Request(id: id, action: .send(content, to: address)))
        }
    }

    /// The channel or nick on the network that receives a content.
    struct Destination {
        let target: MiddleParameter
        let name: FoldedName
        /// Whether the outcome may come a little later (`OpenRequest.canShareFence`). True for people: only messages to
        /// a room are shown to their sender when they are accepted.
        let canShareFence: Bool
    }

    /// Finds the receiver for an address. Returns nil, and fails the request, if no content can be sent there.
    mutating func destination(_ address: Address, _ id: RequestID, now: NIODeadline) -> Destination? {
        let name: String
        switch address {
        case .network:
            fail(id, Failure(.unsupported, "\(surroundings.title) itself takes no messages."))
            return nil
        case .room(let room):
            guard let channel = joined(room, id) else { return nil }
            name = channel.name
        case .peer(let peer):
            name = peer.name
            partners.note(peer)
            lastConversation = now
        }
        guard let target = MiddleParameter(name) else {
            fail(id, Failure(.malformedAddress, "\(name) is not an address on IRC."))
            return nil
        }
        let canShareFence = if case .peer = address { true } else { false }
        return Destination(target: target, name: fold(name), canShareFence: canShareFence)
    }

    private mutating func send(_ text: Text, to address: Address, _ id: RequestID, now: NIODeadline) {
        guard let place = destination(address, id, now: now) else { return }
        let target = place.target
        let isAction = text.form == .action
        let budget = identity.textBudget(target: target, lengths: support.lengths, isAction: isAction)
        let limit = support.lineLength - 2
        let sendsCodes = text.allowsEmphasis && Emphasis.mayHaveMarks(text.body) && takesCodes(address)
        func line(_ text: String, isPreformatted: Bool = false) -> (line: OutboundLine, text: String) {
            var text = text
            if sendsCodes, !isPreformatted, let coded = Emphasis.coded(text), coded.utf8.count <= budget {
                text = coded
            }
            if isAction { text = CTCP.action(text) }
            return (OutboundLine(.privmsg, target, trailing: TrailingParameter(text), limit: limit), text)
        }
        if TextSplitter.isLine(text.body, budget: budget) {
            let lines = CollectionOfOne(line(text.body))
            return submit(id, .message, target: place.name, canShareFence: place.canShareFence, lines: lines)
        }
        if let command = SlashCommand.named(inLaterLineOf: text.body) {
            let words =
                "A later line of this message begins with the command /\(command), so nothing was sent. Send a command as"
                + " a message of its own. To say it, put a word before the slash."
            return fail(id, Failure(.notAcceptable, words))
        }
        if sendMultiline(text, to: place, budget: budget, sendsCodes: sendsCodes, id) { return }
        let lines = TextSplitter.lines(of: text.body, budget: budget)
        guard !lines.isEmpty else {
            return fail(id, Failure(.notAcceptable, "The message has no text that IRC can carry."))
        }
        if sendsCodes, PreformattedBlocks.mayBegin(in: text.body) {
            let lines = TextSplitter.blocks(of: text.body, budget: budget).map(line)
            return submit(id, .message, target: place.name, canShareFence: place.canShareFence, lines: lines)
        }
        submit(
            id, .message, target: place.name, canShareFence: place.canShareFence, lines: lines.lazy.map { line($0) })
    }

    /// Whether formatting codes may be sent to an address: to people, and to channels that neither refuse (`+c`) nor strip
    /// (`+S`) them. A channel whose modes are not known gets none.
    private func takesCodes(_ address: Address) -> Bool {
        switch address {
        case .peer: return true
        case .room(let room):
            guard let state = channels[fold(room.name)]?.state else { return false }
            return !state.isSet(UInt8(ascii: "c")) && !state.isSet(UInt8(ascii: "S"))
        case .network: return false
        }
    }

    mutating func submit(
        _ id: RequestID, _ kind: RequestKind, target: FoldedName, secondName: FoldedName? = nil,
        canShareFence: Bool = false,
        lines: some Collection<(line: OutboundLine, text: String)>
    ) {
        if let failure = outbox.submit(
            id, kind, target: target, secondName: secondName, canShareFence: canShareFence, lines: lines)
        {
            fail(id, failure)
        }
    }

    /// The channel of a room that we are in. Returns nil, and fails the request, if we are not in it.
    mutating func joined(_ room: RoomAddress, _ id: RequestID) -> IRCChannel? {
        if let channel = channels[fold(room.name)], channel.isJoined { return channel }
        fail(id, Failure(.notInRoom, "You are not in \(room.name)."))
        return nil
    }

    private mutating func join(_ room: RoomAddress, _ password: Secret?, _ id: RequestID) {
        let folded = fold(room.name)
        guard let channel = channels[folded] else { return enter(room, key: password, waiting: [id]) }
        guard channel.address == room else {
            let words = "\(room.name) and \(channel.address.name) are one channel on this network, and you are in it."
            return fail(id, Failure(.conflict, words))
        }
        if channel.isJoined {
            tellAllReturned()
            emit(entry(into: channel))
            accept(id)
        } else {
            channels[folded]?.waiting.append(id)
        }
    }

    private mutating func leave(_ room: RoomAddress, _ reason: String?, _ id: RequestID, now: NIODeadline) {
        let folded = fold(room.name)
        guard let channel = channels[folded], let target = MiddleParameter(channel.name) else {
            return fail(id, Failure(.notInRoom, "You are not in \(room.name)."))
        }
        let gone = Failure(.notInRoom, "You left \(room.name) before you had entered it.")
        if let outcome = outbox.withdraw(.join, target: folded, gone) {
            settle(outcome, now: now)
            return accept(id)
        }
        let words = reason.map { TrailingParameter(oneLine($0, limit: 300)) }
        submit(id, .part, target: folded, lines: [(OutboundLine(.part, target, trailing: words), "")])
    }

    private mutating func changeNick(_ nick: String, _ id: RequestID) {
        guard WantedNick.isValid(nick) else { return fail(id, IRCClient.badNick(nick)) }
        regain = nil
        guard nick != identity.nick else { return accept(id) }
        if let failure = Self.longNick(nick, support) { return fail(id, failure) }
        submit(id, .nick, target: fold(nick), lines: [(OutboundLine(.nick, trailing: TrailingParameter(nick)), "")])
    }

    /// The failure for a nick that is longer than the server takes. Nil if it is not.
    static func longNick(_ nick: String, _ support: ServerSupport) -> Failure? {
        guard let limit = support.nickLength, nick.utf8.count > limit else { return nil }
        let words = "\(nick) is too long: this network takes nicks of at most \(limit) bytes."
        return Failure(.malformedAddress, words)
    }

    private mutating func setTopic(_ room: RoomAddress, _ text: String, _ id: RequestID) {
        guard let channel = joined(room, id), let target = MiddleParameter(channel.name) else { return }
        let line = oneLine(text, limit: .max)
        let room = OutboundLine.room(.topic, target, limit: support.lineLength - 2)
        let limit = min(support.topicLength ?? .max, room - identity.prefixLength(support.lengths))
        guard line.utf8.count <= limit else {
            let words = "The topic is \(line.utf8.count) bytes long; \(channel.name) takes \(limit)."
            return fail(id, Failure(.tooLong, words))
        }
        submit(
            id, .topic, target: fold(channel.name),
            lines: [
                (OutboundLine(.topic, target, trailing: TrailingParameter(line), limit: support.lineLength - 2), "")
            ])
    }

    private mutating func kick(_ room: RoomAddress, _ nick: String, _ reason: String?, _ id: RequestID) {
        guard let channel = joined(room, id), let target = MiddleParameter(channel.name) else { return }
        guard let person = MiddleParameter(nick) else { return fail(id, IRCClient.badNick(nick)) }
        let kick = RoomChange.kick(nick: nick, reason: reason)
        if !maskRequests.isEmpty, hold(Request(id: id, action: .room(room, kick)), of: nick, in: channel) { return }
        let words = oneLine(reason ?? "", limit: .max)
        let length = support.lineLength - 2
        let room = OutboundLine.room(.kick, target, person, limit: length) - identity.prefixLength(support.lengths)
        let limit = max(min(support.kickLength ?? .max, room), 0)
        guard words.utf8.count <= limit else {
            let refusal = "The reason is \(words.utf8.count) bytes long; this network takes \(limit)."
            return fail(id, Failure(.tooLong, refusal))
        }
        let trailing = reason.map { _ in TrailingParameter(words) }
        submit(
            id, .kick, target: fold(channel.name), secondName: fold(nick),
            lines: [(OutboundLine(.kick, target, person, trailing: trailing, limit: length), "")])
    }

    /// Turns line breaks into spaces, removes control characters, and cuts the text to `limit` bytes.
    func oneLine(_ text: String, limit: Int) -> String {
        TextSplitter.lines(of: text, budget: .max / 2).joined(separator: " ").clipped(toBytes: limit)
    }
}
