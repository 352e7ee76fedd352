import GatewayKit

@testable import IRCAdapter

/// Input: the bytes that an IRC server sends. They are also taken as the text of a user.
///
/// Rules: The lines are the same however the bytes are cut into chunks. A message that is written by the grammar is
/// read as the same message. No text of a user ends a line or makes it too long.
extension FuzzTarget {
    static let ircLine = FuzzTarget(name: "irc-line") { bytes in
        for limit in [LineFraming.usualLimit, 40] { checkFraming(bytes, limit: limit) }
        for line in Lines([bytes[...]], limit: LineFraming.usualLimit).all {
            let text = line.withUnsafeBytes { LineText.decode($0) }
            if let message = try? IRCMessage(text) { check(message) }
            checkText(text)
        }
        checkOutbound(FuzzInput(bytes: bytes).text)
    }

    private static func checkFraming(_ bytes: [UInt8], limit: Int) {
        var luck = InputLuck(bytes)
        let whole = Lines([bytes[...]], limit: limit)
        for pieces in [bytes.indices.map { bytes[$0...$0] }, luck.pieces(of: bytes, longest: 30)] {
            let cut = Lines(pieces, limit: limit)
            // The counts of dropped lines may differ, because an overlong line may be noticed before its end.
            require(cut.all == whole.all, "cut, the lines are \(cut.all), not \(whole.all)")
        }
        for line in whole.all {
            require(line.count <= limit && !line.isEmpty && !line.contains(10) && line.last != 13, "a line: \(line)")
        }
    }

    private static func check(_ message: IRCMessage) {
        var plain = message
        plain.tags = MessageTags()
        if plain.source?.name.isEmpty == true, plain.source?.user == nil { return }
        let text = written(plain)
        let again = try? IRCMessage(text)
        require(again == plain, "\(text) is read as \(String(describing: again)), not \(plain)")
        _ = (message.tags[.time].flatMap(ServerTime.parse), message.tags[.batch], message.label)
        _ = ModeChange.parse(message.parameters.dropFirst(), support: ServerSupport())
        var support = ServerSupport()
        support.apply(message.parameters)
    }

    /// Writes a message by the grammar of RFC 1459 §2.3.1, always with a colon before the last parameter.
    private static func written(_ message: IRCMessage) -> String {
        var words: [String] = []
        if let source = message.source {
            let user = source.user.map { "!" + $0 } ?? ""
            words.append(":" + source.name + user + (source.host.map { "@" + $0 } ?? ""))
        }
        words.append(message.command.description)
        words += message.parameters.dropLast()
        if let last = message.parameters.last { words.append(":" + last) }
        return words.joined(separator: " ")
    }

    private static func checkText(_ text: String) {
        let plain = PlainText.withoutFormatting(text)
        require(PlainText.withoutFormatting(plain) == plain, "made plain twice: \(plain)")
        require(!plain.unicodeScalars.contains { $0.value < 0x20 && $0 != "\t" }, "not plain: \(plain)")
        _ = CTCP(text)
        for mapping in [CaseMapping.ascii, .rfc1459, .strictRFC1459] {
            let folded = mapping.fold(text)
            require(mapping.fold(folded.text) == folded, "folded twice: \(folded)")
        }
    }

    /// Checks the lines for a text as a message of several lines, and for its words as parameters.
    private static func checkOutbound(_ text: String) {
        for budget in [8, 60, 400] {
            let lines = TextSplitter.lines(of: text, budget: budget)
            require(lines.allSatisfy { $0.utf8.count <= budget }, "longer than \(budget): \(lines)")
            for line in lines { check(OutboundLine(.privmsg, .star, trailing: TrailingParameter(line)), parameters: 2) }
        }
        check(OutboundLine(.quit, trailing: TrailingParameter(text)), parameters: 1)
        let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3, let first = MiddleParameter(words[0]), let second = MiddleParameter(words[1]) else {
            return
        }
        check(OutboundLine(.kick, first, second, trailing: TrailingParameter(words[2])), parameters: 3)
        check(
            OutboundLine(.topic, first, trailing: TrailingParameter(words[2])).labelled(Label(number: 7)), parameters: 2
        )
        _ = (IRCRules.isNick(words[0]), WantedNick.suggestion(from: words[1]))
    }

    private static func check(_ line: OutboundLine, parameters: Int) {
        line.requireSafe()
        let message = try? IRCMessage(line.text)
        require(message?.parameters.count == parameters, "\(line.text) is read as \(String(describing: message))")
    }
}

extension OutboundLine {
    /// Checks that this is one line, and not too long (RFC 1459 §2.3). A label before the line does not count.
    func requireSafe() {
        let body = text.hasPrefix("@label=") ? text.drop { $0 != " " }.dropFirst() : text[...]
        require(body.utf8.count <= 510, "a line of \(body.utf8.count) bytes: \(text)")
        require(!text.utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 }, "not one line: \(text)")
    }
}

private struct Lines {
    private(set) var all: [[UInt8]] = []

    init(_ pieces: [ArraySlice<UInt8>], limit: Int) {
        var framing = LineFraming(limit: limit)
        for piece in pieces { piece.withUnsafeBytes { framing.push($0) { all.append(Array($0)) } } }
    }
}
