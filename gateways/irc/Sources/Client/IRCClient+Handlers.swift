import GatewayKit
import NIOCore

extension IRCClient {
    /// A line from the server, with the label that it answers and the time of its arrival.
    struct Inbound {
        let message: IRCMessage
        /// The label of our line that this line answers. Nil if the line answers none.
        let label: Int?
        let now: NIODeadline

        var parameters: [String] { message.parameters }
        /// The nick or server name of the source. Empty if the line has no source.
        var nick: String { message.source?.name ?? "" }
        /// Whether a server is the source. A line without a source comes from the server itself.
        var isFromServer: Bool { message.source?.looksLikeServer ?? true }
        /// `nick` without formatting codes, for people to read. Nil if no text is left.
        var shownNick: String? {
            let shown = PlainText.withoutFormatting(nick)
            return shown.isEmpty ? nil : shown
        }
    }

    /// The function for a command, and the least number of parameters that it needs. Lines with fewer are ignored.
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
        connectionHandlers, loginHandlers, welcomeHandlers, messageHandlers, reactionHandlers, joiningHandlers,
        channelHandlers, topicHandlers, failureHandlers, listingHandlers, invitationHandlers, peerHandlers,
        profileHandlers, modeHandlers, listHandlers, detailHandlers, memberQueryHandlers, accountHandlers, maskHandlers,
    ]

    /// The handler of a command. Nil if there is none.
    static func handler(of command: IRCCommand) -> Handler? {
        switch command {
        // Most lines are messages, so their handler is not looked up in the table.
        case .verb(.privmsg): privmsg
        case .verb(let verb): verbHandlers[verb]
        case .numeric(let number): numericHandlers[number]
        }
    }

    // If a command has two rows, the first one counts. A test makes sure that no command has two.

    private static let verbHandlers = Dictionary(
        handlerRows.joined().compactMap { row in
            if case .verb(let verb) = row.command { (verb, row.handler) } else { nil }
        }, uniquingKeysWith: { first, _ in first })

    private static let numericHandlers = Dictionary(
        handlerRows.joined().compactMap { row in
            if case .numeric(let number) = row.command { (number, row.handler) } else { nil }
        }, uniquingKeysWith: { first, _ in first })
}
