import GatewayKit
import NIOCore

extension IRCClient {
    /// Handles a line from the server. Call `endTurn` after a run of lines.
    mutating func received(_ message: IRCMessage, now: NIODeadline) {
        guard !hasEnded else { return }
        keepalive.heard(now: now)
        let own = message.label
        let inbound = Inbound(message: message, label: own ?? batches.label(ofBatchOf: message), now: now)
        if !registration.isReady || message.command == .verb(.cap) { register(inbound) }
        if userLines.isOpen { hearAnswer(inbound) }
        if let handler = IRCClient.handler(of: message.command) {
            if message.parameters.count >= handler.minimum { handler.run(&self, inbound) } else { ignoreLine() }
        } else if case .numeric(let number) = message.command, registration.isWelcomed {
            if Refusal.isError(number) { receivedError(number, inbound) } else { receivedReply(number, inbound) }
        }
        // A labelled line is a complete answer, unless it begins a batch. Then the answer ends with the batch.
        if let own, message.command != .verb(.batch) { settle(outbox.answered(label: own), now: now) }
    }

    /// The handlers of the connection's own commands (PING, ERROR, BATCH …), of our host name, and of notices of the
    /// network.
    static let connectionHandlers = [
        HandlerRow(.ping, least: 0) { client, line in
            client.write(OutboundLine(.pong, trailing: TrailingParameter(line.parameters.last ?? "")))
        },
        HandlerRow(.pong, least: 1) { client, line in
            for outcome in client.outbox.fenceAnswered(token: line.parameters.last ?? "") {
                client.settle(outcome, now: line.now)
            }
            client.showStrayEchoes()
        },
        HandlerRow("ERROR", least: 0) { client, line in
            client.hangUp(.error(line.parameters.last ?? "", server: client.surroundings.title))
        },
        HandlerRow("KILL", least: 1) { client, line in
            guard client.isOwn(line.parameters[0]) else { return }
            let reason = PlainText.withoutFormatting(line.parameters.last ?? "").clipped(toBytes: 300)
            let words = "\(line.nick) has ended your connection to \(client.surroundings.title): \(reason)"
            client.hangUp(LinkEnd(failure: Failure(.forbidden, words), cause: .killed))
        },
        HandlerRow(.batch, least: 1) { client, line in
            client.receivedMultilineBatch(line)
            guard let label = client.batches.received(line.message, now: line.now) else { return }
            client.settle(client.outbox.answered(label: label), now: line.now)
        },
        HandlerRow("CHGHOST", least: 2) { client, line in
            guard client.isOwn(line.nick) else { return }
            client.identity.learn(Source(name: line.nick, user: line.parameters[0], host: line.parameters[1]))
        },
        HandlerRow(396, least: 2) { client, line in
            let host = line.parameters[1].split(separator: "@").last.map(String.init) ?? ""
            if !host.isEmpty { client.identity.learn(host: host) }
        },
        // Words of operators to all who ask for them (user mode w).
        HandlerRow("WALLOPS", least: 1) { $0.tell("\($1.nick) to everybody: \($1.parameters[0])") },
        HandlerRow("WARN", least: 2) { $0.tell($1.parameters.last ?? "") },
        HandlerRow("NOTE", least: 2) { $0.tell($1.parameters.last ?? "") },
    ]

    /// Shows the user a text of the network, without formatting codes. An empty text is dropped.
    mutating func tell(_ text: String) {
        let text = PlainText.withoutFormatting(text)
        if !text.isEmpty { emit(.state(.notice(text))) }
    }
}
