import GatewayKit
import NIOCore

/// Reactions as tags without a text: `@+draft/react=👋;+reply=ID TAGMSG #channel` (IRCv3 react, reply, message-tags).
extension IRCClient {
    static let reactionHandlers = [
        HandlerRow(.tagmsg, least: 1) { $0.receivedTags($1) }
    ]

    /// Whether the network passes on reactions.
    var carriesReactions: Bool {
        registration.capabilities.enabled.contains(.messageTags) && support.clientTags.allows(.react)
            && !replyTags.isEmpty
    }

    /// The tags that name the message to which a reaction belongs. Most programs know only the draft's name, others
    /// only the final one.
    private var replyTags: [TagName] { [.draftReply, .reply].filter { support.clientTags.allows($0) } }

    /// The features that the server has announced.
    private var features: NetworkFeatures {
        var features: NetworkFeatures = carriesReactions ? [.reactions] : []
        if makesAccounts { features.insert(.accounts) }
        if mode(of: .banExceptions) != nil { features.insert(.banExceptions) }
        if mode(of: .inviteExceptions) != nil { features.insert(.inviteExceptions) }
        if mode(of: .quiets) != nil { features.insert(.quiets) }
        return features
    }

    /// Tells the core the features of the network, if they have changed. Does nothing until the welcome text is over,
    /// because the server announces its support in that text.
    mutating func announceFeatures() {
        let (old, new) = (announced, features)
        guard isReady, new != old else { return }
        announced = new
        if new.contains(.reactions) != old.contains(.reactions) {
            emit(.state(.capabilities(.peers, IRCSession.peers(new))))
        }
        if new.contains(.accounts) != old.contains(.accounts) {
            emit(.state(.capabilities(.network, IRCSession.network(new))))
        }
        emit(.state(.capabilities(.rooms, IRCSession.rooms(new))))
    }

    /// Makes `wanted` the complete set of our reactions to a message: sends the new ones, and takes back the others.
    mutating func react(
        _ wanted: [String], to message: MessageID, at address: Address, _ id: RequestID, now: NIODeadline
    ) {
        guard carriesReactions else {
            return fail(id, Failure(.unsupported, "\(surroundings.title) does not pass on reactions."))
        }
        guard let place = destination(address, id, now: now) else { return }
        guard let changes = reactions.changes(to: message, for: wanted) else {
            let words =
                "A reaction on IRC is a short text. You can have \(ReactionRecord.reactionLimit) on one message."
            return fail(id, Failure(.notAcceptable, words))
        }
        guard support.clientTags.allows(.unreact) || changes.allSatisfy(\.isAdded) else {
            return fail(id, Failure(.unsupported, "\(surroundings.title) does not take reactions back."))
        }
        guard !changes.isEmpty else { return accept(id) }
        let lines = changes.compactMap { line($0, to: message, at: place.target) }
        guard lines.count == changes.count else {
            return fail(id, Failure(.tooLong, "The network's id of that message is too long for a reaction."))
        }
        if let failure = outbox.submit(
            id, .tagMessage, target: place.name, canShareFence: place.canShareFence, lines: lines)
        {
            return fail(id, failure)
        }
        reactions.began(changes, to: message, for: id)
    }

    private func line(
        _ change: ReactionRecord.Change, to message: MessageID, at target: MiddleParameter
    ) -> (line: OutboundLine, text: String)? {
        var tags = OutboundTags()
        for name in replyTags where !tags.add(name, message.rawValue) { return nil }
        guard tags.add(change.isAdded ? .react : .unreact, change.text) else { return nil }
        return (OutboundLine(.tagmsg, target, tags: tags), change.echo)
    }

    private mutating func receivedTags(_ line: Inbound) {
        if isOwn(line.nick) { return receivedTagEcho(line) }
        guard registration.isWelcomed, IRCRules.isNick(line.nick), line.message.source?.looksLikeServer == false,
            let message = line.message.repliesTo, let change = line.message.reaction
        else { return }
        let place = place(ofTarget: line.parameters[0])
        guard place != .elsewhere else { return }
        deliver(.reaction(message, reactions.apply(change, to: message, by: fold(line.nick))), line, at: place)
    }

    private mutating func receivedTagEcho(_ line: Inbound) {
        line.message.source.map { identity.learn($0) }
        let target = fold(line.parameters[0])
        if let change = line.message.reaction {
            let echo = outbox.echoed(
                .tagMessage, target: target, text: change.echo, label: line.label, id: line.message.messageID)
            if case .ours(let outcome) = echo { return settle(outcome, now: line.now) }
            guard line.label == nil else { return }
            let stray = Outbox.StrayEcho(
                kind: .tagMessage, target: target, form: nil, id: line.message.messageID, message: nil)
            if outbox.mayBeChanged(stray) { _ = outbox.remember(stray) }
        } else if let label = line.label {
            settle(outbox.echoedWithoutTags(label: label), now: line.now)
        }
    }
}

extension ReactionRecord.Change {
    /// The text by which `Outbox` matches the echo of this change: the reaction after `+` or `-`.
    fileprivate var echo: String { (isAdded ? "+" : "-") + text }
}
