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
        /// A server's words; a line without a source is its server's.
        var isFromServer: Bool { message.source?.looksLikeServer ?? true }
        /// The same for people to read; nil for the server, or if nothing of it can be shown.
        var shownNick: String? {
            let shown = PlainText.of(nick)
            return shown.isEmpty ? nil : shown
        }
    }

    /// The function for a command, and the number of parameters that it needs at least; lines with fewer are ignored.
    struct Handler: Sendable {
        let minimum: Int
        let run: @Sendable (inout IRCClient, Inbound) -> Void
    }

    /// A row of the table of handlers. Each file declares the rows of the commands that it handles.
    struct HandlerRow: Sendable {
        let command: IRCCommand
        let handler: Handler

        /// - Parameter least: the number of parameters that `run` needs at least.
        init(_ verb: Verb, least: Int, _ run: @escaping @Sendable (inout IRCClient, Inbound) -> Void) {
            command = .verb(verb)
            handler = Handler(minimum: least, run: run)
        }

        init(_ numeric: Int, least: Int, _ run: @escaping @Sendable (inout IRCClient, Inbound) -> Void) {
            command = .numeric(numeric)
            handler = Handler(minimum: least, run: run)
        }
    }

    /// The rows of all files. A file that handles further commands adds its rows here.
    static let handlerRows = [
        connectionHandlers, welcomeHandlers, messageHandlers, reactionHandlers, joiningHandlers,
        channelHandlers, topicHandlers, failureHandlers,
    ]

    /// The handler of a command; nil if nobody handles it.
    static func handler(of command: IRCCommand) -> Handler? {
        switch command {
        case .verb(let verb): verbHandlers[verb]
        case .numeric(let number): numericHandlers[number]
        }
    }

    // A command with two rows would be a mistake in this code, which a test finds; here the first row counts.

    private static let verbHandlers = Dictionary(
        handlerRows.joined().compactMap { row in
            if case .verb(let verb) = row.command { (verb, row.handler) } else { nil }
        }, uniquingKeysWith: { first, _ in first })

    private static let numericHandlers = Dictionary(
        handlerRows.joined().compactMap { row in
            if case .numeric(let number) = row.command { (number, row.handler) } else { nil }
        }, uniquingKeysWith: { first, _ in first })
}
