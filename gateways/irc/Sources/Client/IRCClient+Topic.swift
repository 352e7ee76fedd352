import GatewayKit

extension IRCClient {
    static let topicHandlers = [
        HandlerRow(.topic, least: 2) { $0.receivedTopic($1) },
        HandlerRow(331, least: 2) { $0.receivedTopicReply($1, text: nil) },
        HandlerRow(332, least: 3) { $0.receivedTopicReply($1, text: $1.parameters[2]) },
        HandlerRow(333, least: 4) { $0.receivedTopicAuthor($1) },
    ]

    private mutating func receivedTopic(_ line: Inbound) {
        let folded = fold(line.parameters[0])
        guard let channel = channels[folded] else { return }
        let topic = Topic(
            text: PlainText.withoutFormatting(line.parameters[1]), author: line.shownNick,
            setAt: line.message.tags[.time].flatMap(ServerTime.parse))
        channels[folded]?.topic = topic.text.isEmpty ? nil : topic
        if channel.isJoined { emit(.room(channel.address, .topicChanged(topic))) }
        if isOwn(line.nick) { settle(outbox.eventObserved(.topic, target: folded), now: line.now) }
    }

    /// Handles the topic that the server sends at our entry. A nil text means that the channel has none.
    private mutating func receivedTopicReply(_ line: Inbound, text: String?) {
        let folded = fold(line.parameters[1])
        guard let channel = channels[folded], !channel.isJoined else { return }
        channels[folded]?.topic = text.map { Topic(text: PlainText.withoutFormatting($0)) }
    }

    private mutating func receivedTopicAuthor(_ line: Inbound) {
        let folded = fold(line.parameters[1])
        guard let channel = channels[folded], !channel.isJoined, let topic = channel.topic else { return }
        let time = Double(line.parameters[3]).flatMap { (0...1e11).contains($0) ? $0 : nil }
        channels[folded]?.topic = Topic(
            text: topic.text, author: PlainText.withoutFormatting(Source(line.parameters[2]).name),
            setAt: time.map { Timestamp(secondsSince1970: $0) })
    }
}
