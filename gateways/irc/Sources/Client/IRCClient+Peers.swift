import GatewayKit
import NIOCore

/// The presence of the people whom the core watches, and our own (RFC 2812 §4.1, §4.9, IRCv3 monitor, away-notify,
/// extended-monitor).
extension IRCClient {
    static let peerHandlers = [
        // MONITOR: online, offline, the two lines of a list, and a full list.
        HandlerRow(730, least: 2) { $0.receivedMonitor($1, isOnline: true) },
        HandlerRow(731, least: 2) { $0.receivedMonitor($1, isOnline: false) },
        HandlerRow(732, least: 0) { _, _ in },
        HandlerRow(733, least: 0) { _, _ in },
        HandlerRow(734, least: 3) { client, line in
            let names = client.names(in: line.parameters[2])
            for next in client.peers.listWasFull(for: names, now: line.now) { client.write(next) }
        },
        // WATCH: log-on and log-off, now on and now off, away and back, now away, and lines about the list itself.
        HandlerRow(600, least: 2) { $0.received(watched: $1, .available) },
        HandlerRow(601, least: 2) { $0.received(watched: $1, .offline) },
        HandlerRow(604, least: 2) { $0.received(watched: $1, .available) },
        HandlerRow(605, least: 2) { $0.received(watched: $1, .offline) },
        HandlerRow(598, least: 2) { $0.received(watched: $1, .away(nil)) },
        HandlerRow(599, least: 2) { $0.received(watched: $1, .available) },
        HandlerRow(609, least: 2) { $0.received(watched: $1, .away(nil)) },
        HandlerRow(602, least: 0) { _, _ in },
        HandlerRow(606, least: 0) { _, _ in },
        HandlerRow(607, least: 0) { _, _ in },
        // The answer to ISON.
        HandlerRow(303, least: 2) { client, line in
            let online = line.parameters[1].split(separator: " ").map { client.fold(String($0)) }
            let (news, lines) = client.peers.received(ison: online, now: line.now)
            for news in news { client.report(news) }
            for next in lines { client.write(next) }
        },
        // AWAY of others, and the answers to our own AWAY (305, 306).
        HandlerRow("AWAY", least: 0) { $0.receivedAway($1) },
        HandlerRow(301, least: 2) { $0.receivedAwayReply($1) },
        HandlerRow(305, least: 1) { client, line in
            client.settle(client.outbox.eventObserved(.away, target: client.fold("")), now: line.now)
            client.wasShown(away: false, now: line.now)
        },
        HandlerRow(306, least: 1) { client, line in
            client.settle(client.outbox.eventObserved(.away, target: client.fold("")), now: line.now)
            client.wasShown(away: true, now: line.now)
        },
    ]

    /// The network shows us as away or available from now on, to us as well as to others (XEP-0045 §7.7).
    private mutating func wasShown(away isAway: Bool, now: NIODeadline) {
        identity.isAway = isAway
        let availability = identity.availability
        learn(of: identity.nick, now: now) { $0.availability = availability }
    }

    /// Watches exactly these people. Accepts the request at once; the presence of the people comes later, as events.
    mutating func watch(_ people: [PeerAddress], _ id: RequestID, now: NIODeadline) {
        let mapping = support.caseMapping
        for line in peers.watch(people, support: support, fold: mapping.fold, now: now) { write(line) }
        accept(id)
    }

    /// Shows us as away or available to the network.
    mutating func setPresence(_ availability: Availability, _ id: RequestID) {
        var words: TrailingParameter?
        if case .away(let text) = availability {
            // A status of XMPP may be a long text for its own people, so it is cut instead of refused.
            let line = oneLine(text ?? "", limit: min(200, support.awayLength ?? 200))
            words = TrailingParameter(line.isEmpty ? "Away" : line)
            identity.awayWords = line.isEmpty ? nil : line
        }
        let line = (line: OutboundLine(.away, trailing: words), text: "")
        if let failure = outbox.submit(id, .away, target: fold(""), lines: CollectionOfOne(line)) { fail(id, failure) }
    }

    /// Reports a watched person's presence.
    mutating func report(_ news: PeerWatch.News?) {
        if let news { emit(.peer(news.address, .presence(news.availability))) }
    }

    private func names(in list: String) -> [FoldedName] {
        list.split(separator: ",").prefix(PeerWatch.limit).map { fold(Source(String($0)).name) }
    }

    private mutating func receivedMonitor(_ line: Inbound, isOnline: Bool) {
        for name in names(in: line.parameters[1]) {
            report(isOnline ? peers.setOnline(name) : peers.set(name, .offline))
        }
    }

    private mutating func received(watched line: Inbound, _ availability: Availability) {
        report(peers.set(fold(line.parameters[1]), availability))
    }

    /// Handles AWAY of somebody who shares a channel with us or is watched (IRCv3 away-notify). Without a text the
    /// person is back.
    private mutating func receivedAway(_ line: Inbound) {
        guard !isOwn(line.nick) else { return }
        let text = line.parameters.first.map { PlainText.withoutFormatting($0) } ?? ""
        let availability = text.isEmpty ? Availability.available : .away(text.clipped(toBytes: 300))
        learn(of: line.nick, now: line.now) { $0.availability = availability }
        report(peers.set(fold(line.nick), availability))
    }

    /// Handles the text that an away person has left. It comes as part of a profile, or as the answer to a message.
    private mutating func receivedAwayReply(_ line: Inbound) {
        let name = fold(line.parameters[1])
        let text =
            line.parameters.count > 2 ? PlainText.withoutFormatting(line.parameters[2]).clipped(toBytes: 300) : ""
        if profiles.note(.away(text), name) { return }
        report(peers.set(name, .away(text)))
        // It may have the label of the message. Then the echo decides the outcome, and these words are for the user.
        guard isReady, !userLines.isOpen else { return }
        tell("\(PlainText.withoutFormatting(line.parameters[1])) is away" + (text.isEmpty ? "." : ": \(text)"))
    }

    /// Reports that a watched person is online, or has left the network. Call it for JOIN, QUIT and NICK.
    mutating func seen(_ nick: String, isOnline: Bool) {
        guard !peers.isEmpty else { return }
        let name = fold(nick)
        report(isOnline ? peers.setOnline(name) : peers.set(name, .offline))
    }
}
