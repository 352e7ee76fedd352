import DequeModule

/// Flood control is fair between the rooms and people that a user writes to: each target gets one line in turn.
extension Outbox {
    /// Puts a line into the queue. Each target has at most one line in each round, so a line to a quiet target waits for
    /// one line of each busy target, and not for all of them. Lines to one target keep their order.
    mutating func place(_ request: OpenRequest, _ line: OutboundLine, _ text: String, _ followed: [OutboundLine]) {
        guard bucket != nil, let last = queue.last else {
            return queue.append(Line(request: request, line: line, text: text, followed: followed, round: round))
        }
        let own = nextRound(of: request, last)
        let placed = Line(request: request, line: line, text: text, followed: followed, round: own)
        guard own < last.round else { return queue.append(placed) }
        let index = queue.firstIndex { $0.round > own } ?? queue.endIndex
        queue.insert(placed, at: index)
    }

    /// The round behind the last waiting line of the request's turn. A line that names nobody comes behind all lines.
    private func nextRound(of request: OpenRequest, _ last: Line) -> Int {
        if request.turn == last.request.turn { return last.round + 1 }
        guard !request.turn.text.isEmpty else { return last.round }
        return queue.last { $0.request.turn == request.turn }.map { $0.round + 1 } ?? round
    }
}
