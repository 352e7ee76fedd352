import GatewayKit
import NIOCore

/// Messages of several lines in one batch (IRCv3 multiline, a draft).
extension IRCClient {
    // MARK: From the network

    /// Begins and ends messages of several lines.
    mutating func receivedMultilineBatch(_ line: Inbound) {
        guard let reference = line.parameters.first else { return }
        let name = String(reference.dropFirst())
        if reference.hasPrefix("-") {
            multilines.removeValue(forKey: name).map { deliver($0, now: line.now) }
        } else if line.parameters.count > 2, line.parameters[1] == MultilineLimits.batchType,
            multilines.count < MultilineText.mostOpen || multilines[name] != nil
        {
            // A server that uses a reference twice has ended the first batch.
            multilines.removeValue(forKey: name).map { deliver($0, now: line.now) }
            multilines[name] = MultilineText(opening: line.message, label: line.label, now: line.now)
        }
    }

    /// Adds a line to its message. Returns false if the line belongs to none.
    mutating func addToMultiline(_ line: Inbound) -> Bool {
        guard !multilines.isEmpty, line.message.command == .verb(.privmsg),
            let name = line.message.tags[.batch], let open = multilines[name], open.takes(line.message)
        else { return false }
        let text = line.parameters[1]
        let total = multilines.values.reduce(text.utf8.count) { $0 + $1.text.utf8.count }
        if !open.hasRoom(for: text) || total > MultilineText.mostBytesOpen && !open.isEmpty {
            deliver(open, now: line.now)
            multilines[name] = MultilineText(opening: open.opening, label: nil, now: line.now)
        }
        multilines[name]?.add(text, continues: line.message.tags[.multilineConcat] != nil)
        return true
    }

    private mutating func deliver(_ multiline: MultilineText, now: NIODeadline) {
        guard !multiline.isEmpty, let target = multiline.message.parameters.first, !target.isEmpty else { return }
        receivedMessage(Inbound(message: multiline.message, label: multiline.label, now: now))
    }

    /// When the oldest message of several lines is shown although its batch is open. Nil if there is none.
    var nextMultilineEnd: NIODeadline? { multilines.isEmpty ? nil : multilines.values.lazy.map(\.end).min() }

    /// Shows the messages whose batches have been open for too long.
    mutating func deliverLateMultilines(now: NIODeadline) {
        guard let end = nextMultilineEnd, now >= end else { return }
        for (name, open) in multilines where now >= open.end {
            multilines[name] = nil
            deliverUnfinished(open, now: now)
        }
    }

    /// Shows all messages whose batches are open. Call it when the connection ends.
    mutating func deliverUnfinished(now: NIODeadline) {
        let open = multilines.values.sorted { $0.end < $1.end }
        multilines = [:]
        for message in open { deliverUnfinished(message, now: now) }
    }

    /// Shows a message as far as it has come. One of our own proves nothing before it is complete.
    private mutating func deliverUnfinished(_ message: MultilineText, now: NIODeadline) {
        guard message.label == nil, !isOwn(message.opening.source?.name ?? "") else { return }
        deliver(message, now: now)
    }

    // MARK: To the network

    /// The limits of messages of several lines; nil if the network does not take them in one batch.
    private var multilineLimits: MultilineLimits? {
        let capabilities = registration.capabilities
        guard capabilities.enabled.isSuperset(of: [.multiline, .batch]) else { return nil }
        return capabilities.offers[Capability.multiline.rawValue].flatMap(MultilineLimits.init)
    }

    /// Sends a text of several lines in one batch. Returns false, and does nothing, if the network does not take such a
    /// batch.
    mutating func sendMultiline(
        _ text: Text, to place: Destination, budget: Int, sendsCodes: Bool, _ id: RequestID
    ) -> Bool {
        guard text.form == .plain, let limits = multilineLimits, let type = MiddleParameter(MultilineLimits.batchType)
        else { return false }
        var blocks = PreformattedBlocks()
        let parts = TextSplitter.parts(of: text.body, budget: budget) { line in
            sendsCodes && !blocks.hold(line) ? Emphasis.coded(line) ?? line : line
        }
        let whole = parts.enumerated().map { $1.continues || $0 == 0 ? $1.text : "\n" + $1.text }.joined()
        guard parts.count > 1, parts.count <= limits.lines, whole.utf8.count <= limits.bytes else { return false }
        lastMultiline += 1
        let name = "m\(lastMultiline)"
        guard let begin = MiddleParameter("+" + name), let end = MiddleParameter("-" + name) else { return false }
        var lines = parts.map { part in
            var tags = OutboundTags()
            _ = tags.add(.batch, name)
            if part.continues { _ = tags.add(.multilineConcat, "") }
            return OutboundLine(
                .privmsg, place.target, trailing: TrailingParameter(part.text), tags: tags,
                limit: support.lineLength - 2)
        }
        lines.append(OutboundLine(.batch, end))
        let opening = OutboundLine(.batch, begin, type, place.target)
        if let failure = outbox.submit(
            id, .message, target: place.name, canShareFence: place.canShareFence,
            lines: CollectionOfOne((opening, whole)), followed: lines)
        {
            fail(id, failure)
        }
        return true
    }
}
