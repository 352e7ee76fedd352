import GatewayKit

/// A command that a user types in a conversation, such as `/topic Tea`. `SlashCommand.all` has a row for each.
struct SlashCommand: Sendable {
    /// The conversation in which the command is typed.
    enum Place: Equatable, Sendable {
        case channel(String)
        case person(String)
        case network

        var channel: String? { if case .channel(let name) = self { name } else { nil } }
        var person: String? { if case .person(let name) = self { name } else { nil } }
    }

    /// The conversation and the connection in which a command is typed.
    struct Context {
        let place: Place
        /// Our own nick.
        let nick: String
        let support: ServerSupport
        /// The number of bytes that the server puts before a line of ours (`OwnIdentity.prefixLength`).
        let sourceLength: Int
        /// The topic of the channel in which the command is typed.
        let topic: Topic?
        /// Whether the server makes accounts over the connection.
        var makesAccounts = false

        /// Whether a word names a channel. A word such as `+k` is a mode, or text, even where `+` can begin a channel.
        func isChannel(_ word: String) -> Bool { support.isChannel(word) && word.utf8.first != UInt8(ascii: "+") }
    }

    /// The effect of a command.
    enum Deed: Equatable {
        /// The line is sent, and the replies are shown, after the confirmation if there is one.
        case line(OutboundLine, confirmation: String?)
        /// The word, such as `+b`, is sent with the mask for the person with the nick.
        case mask(channel: MiddleParameter, word: MiddleParameter, nick: String)
        /// The words are the whole answer.
        case words([String])
    }

    typealias Run = @Sendable (inout Arguments, Context) throws(Failure) -> Deed

    let names: [String]
    /// The command with its arguments, for people.
    let usage: String
    let run: Run

    init(_ names: String..., usage: String, _ run: @escaping Run) { self.init(names: names, usage: usage, run) }

    init(names: [String], usage: String, _ run: @escaping Run) {
        self.names = names
        self.usage = usage
        self.run = run
    }

    /// Reads a typed text without its slash. The failure has words for the user.
    static func read(_ typed: String, _ context: Context) -> Result<Deed, Failure> {
        guard !typed.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else {
            return .failure(Failure(.notAcceptable, "A command has one line. Nothing was sent."))
        }
        var arguments = Arguments(typed)
        let name = arguments.word()?.lowercased() ?? ""
        guard let command = byName[name] else {
            let shown = PlainText.withoutFormatting(name).clipped(toBytes: 40)
            let words =
                "There is no command /\(shown), so nothing was sent. Write // to say a text that begins with a slash,"
                + " or /help for the list of commands."
            return .failure(Failure(.notAcceptable, words))
        }
        do throws(Failure) {
            return .success(try command.run(&arguments, context))
        } catch {
            return .failure(error.kind == .internal ? command.misused : error)
        }
    }

    /// The first command that begins a line of a text after the first one. Such a text may hold a password, so it must
    /// not be said aloud. Only commands of the help count; other programs' commands and paths are said.
    static func named(inLaterLineOf text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "/")) else { return nil }
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).dropFirst() {
            let rest = line.utf8.drop { $0 == UInt8(ascii: " ") }
            guard rest.first == UInt8(ascii: "/") else { continue }
            let name = String(Substring(rest.dropFirst().prefix { $0 > 0x20 })).lowercased()
            if let command = byName[name], !command.usage.isEmpty { return name }
        }
        return nil
    }

    /// The refusal of a command with missing or wrong arguments.
    private var misused: Failure { Failure(.notAcceptable, "Nothing was sent. Write: \(usage)") }

    static let all = moderation + conversations + accounts + serverQueries

    private static let byName = Dictionary(
        all.flatMap { command in command.names.map { ($0, command) } }, uniquingKeysWith: { first, _ in first })
}

extension Failure {
    /// Thrown by a command with missing or wrong arguments. `SlashCommand.read` replaces it by the command's usage.
    static let misused = Failure(.internal, "")
}

extension SlashCommand {
    /// The words of a command, from the first to the last.
    struct Arguments {
        private var rest: Substring.UTF8View

        init(_ text: String) { rest = Substring(text).utf8 }

        /// Removes and returns the next word; nil if there is none.
        mutating func word() -> String? {
            skipSpaces()
            let word = rest.prefix { $0 != UInt8(ascii: " ") }
            rest = rest[word.endIndex...]
            return word.isEmpty ? nil : String(Substring(word))
        }

        /// Removes and returns the next word as a parameter. Throws `misused` if there is none, or if it cannot be a
        /// parameter.
        mutating func parameter() throws(Failure) -> MiddleParameter {
            guard let word = word(), let parameter = MiddleParameter(word) else { throw .misused }
            return parameter
        }

        /// The next word, which stays.
        var peek: String? {
            var copy = self
            return copy.word()
        }

        /// Removes and returns all remaining words as one text; nil if there are none.
        mutating func text() -> String? {
            skipSpaces()
            defer { rest = rest[rest.endIndex...] }
            return rest.isEmpty ? nil : String(Substring(rest))
        }

        /// Removes and returns the next word if it is a channel; otherwise the channel in which the command is typed.
        /// Throws `misused` if there is neither.
        mutating func channel(_ context: Context) throws(Failure) -> MiddleParameter {
            if let word = peek, context.isChannel(word) { return try parameter() }
            guard let channel = context.place.channel, let parameter = MiddleParameter(channel) else { throw .misused }
            return parameter
        }

        private mutating func skipSpaces() { rest = rest.drop { $0 == UInt8(ascii: " ") } }
    }
}
