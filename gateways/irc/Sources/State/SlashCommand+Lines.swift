import GatewayKit

/// The lines of commands. A server cuts off the end of a line that is too long, so such a line is refused.
extension SlashCommand {
    /// A line whose last parameter is a text of the user, or that has none. Throws, with the limit in words, if the
    /// server or the other users would not get the whole text.
    ///
    /// - Parameters:
    ///   - name: the name of the text for people, such as "The topic".
    ///   - limit: the limit that the server announces for such a text.
    static func line(
        _ verb: Verb, _ first: MiddleParameter? = nil, _ second: MiddleParameter? = nil, text: String?, name: String,
        limit: Int? = nil, _ context: Context
    ) throws(Failure) -> Deed {
        let length = context.support.lineLength - 2
        guard let text else { return .line(OutboundLine(verb, first, second), confirmation: nil) }
        let room = OutboundLine.room(verb, first, second, limit: length) - context.sourceLength
        let most = max(min(limit ?? .max, room), 0)
        guard text.utf8.count <= most else {
            throw Failure(
                .tooLong, "\(name) has \(text.utf8.count) bytes; this network takes \(most). Nothing was sent.")
        }
        return .line(
            OutboundLine(verb, first, second, trailing: TrailingParameter(text), limit: length), confirmation: nil)
    }

    /// A line with these parameters. Throws if it is too long for a server.
    static func line(_ verb: Verb, parameters: [MiddleParameter]) throws(Failure) -> Deed {
        guard let line = OutboundLine(verb, parameters: parameters) else {
            let words = "The line is longer than the \(OutboundLine.limit) bytes that IRC takes. Nothing was sent."
            throw Failure(.tooLong, words)
        }
        return .line(line, confirmation: nil)
    }

    /// A line that changes modes, such as `+bb` with two masks. Throws if the server would drop some of the changes.
    static func modes(_ target: MiddleParameter, _ words: [MiddleParameter], _ context: Context) throws(Failure) -> Deed
    {
        let changes = ModeChange.parse(words.map(\.text)[...], support: context.support)
        if let most = context.support.modesPerLine, changes.count(where: { $0.parameter != nil }) > most {
            throw Failure(
                .notAcceptable, "This network takes at most \(most) modes with a parameter at once. Nothing was sent.")
        }
        return try line(.mode, parameters: [target] + words)
    }
}
