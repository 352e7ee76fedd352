import Basics
import GatewayKit
import NIOCore

/// Answers questions about people: their profile by WHOIS, their program and a sign of life by CTCP.
extension IRCClient {
    /// The replies to WHOIS, and their end (318).
    static let profileHandlers = [
        HandlerRow(311, least: 4) { client, line in
            guard client.isWanted(line) else { return }
            let name = client.fold(line.parameters[1])
            client.profiles.spell(line.parameters[1], name)
            client.profiles.add("Address", "\(line.parameters[2])@\(line.parameters[3])", name)
            if line.parameters.count > 5 { client.profiles.add("Real name", line.parameters[5], name) }
        },
        HandlerRow(312, least: 3) { client, line in
            guard client.isWanted(line) else { return }
            client.profiles.add(
                "Server", line.parameters.dropFirst(2).joined(separator: ": "), client.fold(line.parameters[1]))
        },
        HandlerRow(317, least: 3) { client, line in
            guard client.isWanted(line) else { return }
            let name = client.fold(line.parameters[1])
            if let idle = Int(line.parameters[2]), idle >= 0 {
                client.profiles.add("Idle", "\(idle) seconds", name)
            }
            guard line.parameters.count > 3, let time = Double(line.parameters[3]), (1...1e11).contains(time) else {
                return
            }
            client.profiles.add("Online since", DateTime.print(time), name)
        },
        HandlerRow(319, least: 3) { $0.receivedFact(319, "Channels", $1) },
        HandlerRow(330, least: 3) { $0.receivedFact(330, "Account", $1) },
        HandlerRow(313, least: 3) { $0.receivedFact(313, "Operator", $1) },
        HandlerRow(307, least: 3) { $0.receivedFact(307, "Registered", $1) },
        HandlerRow(335, least: 3) { $0.receivedFact(335, "Bot", $1) },
        HandlerRow(338, least: 3) { $0.receivedFact(338, "Connects from", $1) },
        HandlerRow(378, least: 3) { $0.receivedFact(378, "Connects from", $1) },
        HandlerRow(671, least: 3) { $0.receivedFact(671, "Encryption", $1) },
        HandlerRow(276, least: 3) { $0.receivedFact(276, "Certificate", $1) },
        HandlerRow(320, least: 3) { $0.receivedFact(320, "About", $1) },
        HandlerRow(318, least: 2) { client, line in
            // For WHOIS of several nicks, some servers send a 318 for each nick, others one that names the whole list.
            let names = line.parameters[1].split(separator: ",").prefix(4).map { client.fold(String($0)) }
            for name in names {
                client.settle(client.outbox.eventObserved(.whois, target: name), now: line.now)
            }
        },
    ]

    /// Whether the core has asked about the person in a reply to WHOIS. If not, counts the reply as ignored.
    private mutating func isWanted(_ line: Inbound) -> Bool {
        if profiles.isWanted(fold(line.parameters[1])) { return true }
        ignoreUnasked()
        return false
    }

    private mutating func receivedFact(_ number: Int, _ label: String, _ line: Inbound) {
        guard isWanted(line) else { return }
        let values = line.parameters.dropFirst(2)
        // The last parameter of 330 and 338 only explains the ones before: "annas :is logged in as".
        let explains = values.count > 1 && [330, 338].contains(number)
        let value = (explains ? values.dropLast() : values).joined(separator: " ")
        profiles.add(label, value.trimmed, fold(line.parameters[1]))
    }

    /// Asks the server for the profile of a person (WHOIS). `profileEnded` answers the request.
    mutating func askProfile(of peer: PeerAddress, _ id: RequestID) {
        guard let nick = MiddleParameter(peer.name) else { return fail(id, IRCClient.badNick(peer.name)) }
        guard !profiles.isFull else {
            return fail(id, Failure(.rateLimited, "Too many requests for profiles wait. Try again in a moment."))
        }
        let name = fold(peer.name)
        let line = (line: OutboundLine(.whois, nick), text: "")
        if let failure = outbox.submit(id, .whois, target: name, lines: CollectionOfOne(line)) {
            return fail(id, failure)
        }
        profiles.begin(name, peer)
    }

    /// Reports the outcome of a question about a profile.
    mutating func profileEnded(_ request: OpenRequest, _ failure: Failure?) {
        let profile = profiles.take(request.target)
        guard let id = request.id else { return }
        if let profile, failure == nil {
            emit(.answer(id, .profile(profile)))
        } else {
            fail(id, failure ?? Failure(.notFound, "The network told nothing about this person."))
        }
    }

    // MARK: CTCP

    /// Asks a person's program for its version, its time, or a sign of life (CTCP). `received(answer:from:)` answers the
    /// request.
    mutating func ask(_ kind: CTCPQuestions.Kind, _ peer: PeerAddress, _ id: RequestID, now: NIODeadline) {
        guard let nick = MiddleParameter(peer.name) else { return fail(id, IRCClient.badNick(peer.name)) }
        guard !ctcpQuestions.isFull else {
            return fail(id, Failure(.rateLimited, "Too many of your questions to people wait. Try again in a moment."))
        }
        let name = fold(peer.name)
        let text =
            kind == .ping
            ? CTCP.request("PING", String(now.uptimeNanoseconds / 1_000_000)) : CTCP.request(kind.rawValue)
        let line = (line: OutboundLine(.privmsg, nick, trailing: TrailingParameter(text)), text: text)
        if let failure = outbox.submit(id, .ctcp, target: name, canShareFence: true, lines: CollectionOfOne(line)) {
            return fail(id, failure)
        }
        ctcpQuestions.add(kind, name, id, now: now)
        lastConversation = now
    }

    /// Handles the answer to a CTCP question. An answer that we have not asked for is ignored.
    mutating func received(answer ctcp: CTCP, from nick: String) {
        guard !ctcpQuestions.isEmpty, let id = ctcpQuestions.take(ctcp.command, fold(nick)) else { return }
        let words = PlainText.withoutFormatting(ctcp.text).clipped(toBytes: 400)
        switch ctcp.command {
        case "PING": emit(.answer(id, .echo))
        case "TIME":
            guard let reading = ClockReading(words: words, now: surroundings.clock()) else {
                return fail(id, Failure(.unsupported, "The person's program tells the time as: \(words)"))
            }
            emit(.answer(id, .time(reading)))
        default: emit(.answer(id, .software(words)))
        }
    }

    /// Fails the questions that were not answered in time.
    mutating func expireQuestions(now: NIODeadline) {
        for id in ctcpQuestions.takeLate(now: now) {
            fail(id, Failure(.unreachable, "The person's program has not answered."))
        }
    }
}
