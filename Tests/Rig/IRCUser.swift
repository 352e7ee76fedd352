/// A person on the IRC side, connected directly to the server.
package final class IRCUser: Sendable {
    package let nick: String
    package let lines: Mailbox<IRCLine>
    private let socket: LineSocket

    /// Connects and registers. The nick must be free.
    ///
    /// - Parameters:
    ///   - password: the server's password, if it demands one.
    ///   - capabilities: the capabilities to request in one line (IRCv3 capability negotiation). The server must offer
    ///     all of them.
    package init(
        _ nick: String, port: Int, logs: ServerLogs, password: String? = nil, capabilities: [String] = []
    ) async throws {
        self.nick = nick
        let lines = Mailbox<IRCLine>(owner: "IRC user \(nick)", logs: logs)
        self.lines = lines
        let answers = Answers()
        socket = try LineSocket(port: port) { text in
            let line = IRCLine(text)
            if line.command == "PING" {
                answers.send("PONG :\(line.last)")
            } else {
                lines.receive(line)
            }
        } ended: {
            lines.close($0)
        }
        answers.speak(through: socket)
        if !capabilities.isEmpty { try send("CAP REQ :" + capabilities.joined(separator: " ")) }
        if let password { try send("PASS \(password)") }
        try send("NICK \(nick)")
        // Servers refuse user names with other characters.
        let user = nick.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        try send("USER \(user) 0 * :\(nick)")
        if !capabilities.isEmpty { try send("CAP END") }
        try await expect("the end of its greeting") { ["376", "422"].contains($0.command) }
        lines.clear()
    }

    /// Sends one raw line.
    package func send(_ line: String) throws { try socket.send(line) }

    /// Sends one raw line in any encoding.
    package func send(bytes: [UInt8]) throws { try socket.send(bytes: bytes) }

    package func say(_ text: String, to target: String) throws { try send("PRIVMSG \(target) :\(text)") }

    /// Reacts to the message with that id. Needs the capability `message-tags`.
    package func react(_ emoji: String, to id: String, in target: String) throws {
        try send("@+draft/reply=\(id);+draft/react=\(emoji) TAGMSG \(target)")
    }

    /// Enters a channel and returns when the list of names is complete.
    package func join(_ channel: String, key: String? = nil) async throws {
        try send("JOIN \(channel)" + (key.map { " " + $0 } ?? ""))
        try await expect("to be in \(channel)") { $0.command == "JOIN" && $0.source == self.nick }
        try await expect("the end of the names of \(channel)") { $0.command == "366" && $0[1].isSameName(channel) }
    }

    /// Sends a command and returns the first line with one of these commands or numerics.
    @discardableResult
    package func ask(_ line: String, answer commands: String...) async throws -> IRCLine {
        try send(line)
        return try await expect("an answer to “\(line)”") { commands.contains($0.command) }
    }

    /// The `user@host` of a person, as the server tells it.
    package func userHost(of nick: String) async throws -> String {
        let answer = try await ask("USERHOST \(nick)", answer: "302").last
        // "302 us :nick=+user@host", with a * after the nick of an operator.
        return answer.split(separator: "=").last?.split(separator: " ").first.map { String($0.dropFirst()) } ?? ""
    }

    /// Takes the first line that matches.
    @discardableResult
    package func expect(
        _ what: String, within limit: Duration = .patience, where matches: @escaping @Sendable (IRCLine) -> Bool
    ) async throws -> IRCLine {
        try await lines.first(what, within: limit, where: matches)
    }

    /// Takes a PRIVMSG with exactly this text, to a channel or to us.
    @discardableResult
    package func expectMessage(_ text: String, from nick: String, to target: String) async throws -> IRCLine {
        try await expect("“\(text)” from \(nick) to \(target)") {
            $0.command == "PRIVMSG" && $0.source == nick && $0[0].isSameName(target) && $0.last == text
        }
    }

    /// Returns when the server has handled everything that we sent, and we have received everything that it sent
    /// before.
    package func fence() async throws {
        let token = "fence\(Int.random(in: 0..<Int.max))"
        try send("PING \(token)")
        try await expect("the answer to a PING") { $0.command == "PONG" && $0.last == token }
    }

    package func disconnect() {
        try? send("QUIT :done")
        socket.close()
    }
}

extension String {
    fileprivate func isSameName(_ other: String) -> Bool { lowercased() == other.lowercased() }
}
