import GatewayKit
import NIOCore

extension IRCClient {
    /// A line from the server with what belongs to it.
    struct Inbound {
        let message: IRCMessage
        /// Of our line that it answers.
        let label: Int?
        let now: NIODeadline

        var parameters: [String] { message.parameters }
        /// Who did it; empty for the server.
        var nick: String { message.source?.name ?? "" }
        /// The same for people to read; nil for the server, or if nothing of it can be shown.
        var shownNick: String? {
            let shown = PlainText.of(nick)
            return shown.isEmpty ? nil : shown
        }
    }

    /// What handles a command, and how many parameters it needs at least; lines with fewer are ignored.
    struct Handler: Sendable {
        let minimum: Int
        let run: @Sendable (inout IRCClient, Inbound) -> Void

        init(_ minimum: Int, _ run: @escaping @Sendable (inout IRCClient, Inbound) -> Void) {
            self.minimum = minimum
            self.run = run
        }
    }

    mutating func received(_ message: IRCMessage, now: NIODeadline) {
        guard !hasEnded else { return }
        keepalive.heard(now: now)
        let label = batches.label(of: message)
        let inbound = Inbound(message: message, label: label, now: now)
        if !registration.isReady || message.command == .verb("CAP") { register(inbound) }
        if let handler = IRCClient.handler(of: message.command) {
            if message.parameters.count >= handler.minimum { handler.run(&self, inbound) } else { ignoreLine() }
        } else if case .numeric(let number) = message.command, registration.isWelcomed,
            number >= 400 || Refusal.byNumeric[number] != nil
        {
            receivedError(number, inbound)
        }
        // An answer of one message is complete with it; that of a batch with the end of the batch.
        if let text = message.tags["label"], let label = Int(text), message.command != .verb("BATCH") {
            settle(outbox.answered(label: label), now: now)
        }
    }

    private static func handler(of command: Command) -> Handler? {
        switch command {
        case .verb(let verb): handlers[verb]
        case .numeric(let number): numericHandlers[number]
        }
    }

    private static let handlers: [Verb: Handler] = [
        "PING": Handler(0) { client, line in
            client.write(OutboundLine(.pong, trailing: Trailing(line.parameters.last ?? "")))
        },
        "PONG": Handler(1) { client, line in
            for outcome in client.outbox.fenceAnswered(token: line.parameters.last ?? "") {
                client.settle(outcome, now: line.now)
            }
        },
        "ERROR": Handler(0) { client, line in
            client.hangUp(.error(line.parameters.last ?? "", server: client.settings.title))
        },
        "BATCH": Handler(1) { client, line in
            guard let label = client.batches.received(line.message) else { return }
            client.settle(client.outbox.answered(label: label), now: line.now)
        },
        "PRIVMSG": Handler(2) { $0.receivedMessage($1) },
        "NOTICE": Handler(2) { $0.receivedMessage($1) },
        "JOIN": Handler(1) { $0.receivedJoin($1) },
        "PART": Handler(1) { $0.receivedPart($1) },
        "KICK": Handler(2) { $0.receivedKick($1) },
        "QUIT": Handler(0) { $0.receivedQuit($1) },
        "NICK": Handler(1) { $0.receivedNick($1) },
        "MODE": Handler(2) { $0.receivedMode($1) },
        "TOPIC": Handler(2) { $0.receivedTopic($1) },
        "INVITE": Handler(2) { client, line in
            guard client.isOwn(line.parameters[0]) else { return }
            client.tell("\(line.nick) invites you to \(line.parameters[1]).")
        },
        "CHGHOST": Handler(2) { client, line in
            guard client.isOwn(line.nick) else { return }
            client.identity.learn(Source(name: line.nick, user: line.parameters[0], host: line.parameters[1]))
        },
        "FAIL": Handler(2) { $0.receivedStandardFailure($1) },
        "WARN": Handler(2) { $0.tell($1.parameters.last ?? "") },
        "NOTE": Handler(2) { $0.tell($1.parameters.last ?? "") },
    ]

    private static let numericHandlers: [Int: Handler] = [
        5: Handler(2) { $0.receivedSupport($1) },
        331: Handler(2) { $0.receivedTopicReply($1, text: nil) },
        332: Handler(3) { $0.receivedTopicReply($1, text: $1.parameters[2]) },
        333: Handler(4) { $0.receivedTopicAuthor($1) },
        353: Handler(4) { $0.receivedNames($1) },
        366: Handler(2) { $0.receivedEndOfNames($1) },
        372: Handler(2) { client, line in
            if client.motd.count < 100 { client.motd.append(PlainText.of(line.parameters[1])) }
        },
        376: Handler(0) { $0.receivedEndOfWelcome($1) },
        422: Handler(0) { $0.receivedEndOfWelcome($1) },
        396: Handler(2) { client, line in
            let host = line.parameters[1].split(separator: "@").last.map(String.init) ?? ""
            if !host.isEmpty { client.identity.learn(host: host) }
        },
    ]

    /// Words of the network for the user.
    mutating func tell(_ text: String) {
        let text = PlainText.of(text)
        if !text.isEmpty { emit(.state(.notice(text))) }
    }

    private mutating func receivedEndOfWelcome(_ line: Inbound) {
        if !motd.isEmpty { emit(.state(.notice(motd.joined(separator: "\n")))) }
        motd = []
    }

    /// A change makes all names be looked at again, and no honest server changes it more than once or twice.
    private static let caseMappingLimit = 4

    private mutating func receivedSupport(_ line: Inbound) {
        let before = support.caseMapping
        support.apply(line.parameters, keepsCaseMapping: caseMappingChanges == IRCClient.caseMappingLimit)
        guard before != support.caseMapping else { return }
        caseMappingChanges += 1
        foldNamesAgain()
    }
}
