import Glibc

/// The IRC server that a gateway connects to. It registers users, lets them join channels, shows them joins and parts
/// of others, and relays none of their messages. It speaks plain RFC 1459. `capabilities` is its answer to `CAP LS`.
final class IRCEnd {
    static let name = "irc.test"

    /// An address of this machine that only this server uses. So its port can be 6667, the default of every gateway.
    let host: String
    let listener: Listener
    var capabilities = ""
    /// Called for a PRIVMSG of a user, with the user's number and the line.
    var onMessage: (Int, UnsafeRawBufferPointer) -> Void = { _, _ in }
    /// The number of channels that LIST shows, and when it was last asked for.
    var listed = 0
    private(set) var listedAt = 0
    /// The number of joins.
    var joins = 0
    private(set) var messages = 0
    private(set) var connections: [Int: IRCConnection] = [:]
    private(set) var byUser: [IRCConnection?] = []
    private var channels: [String: IRCChannel] = [:]
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    /// Called with a connection that has something to send.
    var touch: (IRCConnection) -> Void = { _ in }

    init() throws {
        var failure: (any Error)?
        for _ in 0..<20 {
            let host = "127.\(Int.random(in: 10..<250)).\(Int.random(in: 1..<250)).\(Int.random(in: 2..<250))"
            do {
                listener = try Listener(host: host, port: 6667)
                self.host = host
                return
            } catch { failure = error }
        }
        throw failure ?? BenchFailure("no address for the IRC server")
    }

    deinit { scratch.deallocate() }

    func accepted(_ descriptor: Int32, token: Int, poller: Poller) {
        connections[token] = IRCConnection(Wire(descriptor, token: token, poller: poller))
    }

    func channel(_ name: String) -> IRCChannel {
        if let known = channels[name] { return known }
        let fresh = IRCChannel(name)
        channels[name] = fresh
        return fresh
    }

    /// Reads once and handles the complete lines. Returns whether there were any bytes.
    func read(_ connection: IRCConnection) -> Bool {
        guard let base = scratch.baseAddress else { return false }
        let got = Glibc.read(connection.wire.descriptor, base, scratch.count)
        if got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR) { end(connection) }
        guard got > 0 else { return false }
        let fresh = UnsafeRawBufferPointer(start: base, count: got)
        if connection.pending.count > 0 {
            connection.pending.append(fresh)
            connection.pending.consume(lines(connection.pending.readable, connection))
        } else {
            let used = lines(fresh, connection)
            if used < got { connection.pending.append(UnsafeRawBufferPointer(rebasing: fresh[used...])) }
        }
        return true
    }

    private func lines(_ bytes: UnsafeRawBufferPointer, _ connection: IRCConnection) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var start = 0
        while let hit = memchr(base + start, 0x0A, bytes.count - start) {
            let end = UnsafeRawPointer(hit) - base
            var last = end
            if last > start, bytes[last - 1] == 0x0D { last -= 1 }
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<last])
            if line.hasPrefix("PRIVMSG ") {
                messages += 1
                onMessage(connection.user, line)
            } else {
                command(line.text, connection)
            }
            start = end + 1
        }
        return start
    }

    /// Handles the other commands. They are rare, so strings are fast enough for them.
    private func command(_ line: String, _ from: IRCConnection) {
        var words = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard let verb = words.first?.uppercased() else { return }
        words.removeFirst()
        let first = words.first.map { $0.hasPrefix(":") ? String($0.dropFirst()) : $0 } ?? ""
        switch verb {
        case "CAP": capability(words, from)
        case "NICK": rename(from, first)
        case "USER":
            from.hasUser = true
            welcome(from)
        case "PING": say("PONG \(Self.name) :\(first)", to: from)
        case "JOIN": for name in first.split(separator: ",") { join(from, channel(String(name))) }
        case "PART": for name in first.split(separator: ",") { part(from, channel(String(name))) }
        case "QUIT":
            from.wire.output.append("ERROR :bye\r\n")
            touch(from)
            end(from)
        case "MODE" where first.hasPrefix("#") && words.count == 1: say("324", "\(first) +nt", from)
        case "WHO": say("315", "\(first) :End of WHO list", from)
        case "LIST": list(for: from)
        case "WHOIS": say("318", "\(first) :End of WHOIS list", from)
        case "TOPIC" where words.count == 1: say("331", "\(first) :No topic is set", from)
        default: break
        }
    }

    func say(_ text: String, to connection: IRCConnection) {
        connection.wire.output.append(":\(Self.name) \(text)\r\n")
        touch(connection)
    }

    func say(_ numeric: String, _ text: String, _ to: IRCConnection) {
        say("\(numeric) \(to.nick.isEmpty ? "*" : to.nick) \(text)", to: to)
    }

    private func rename(_ from: IRCConnection, _ nick: String) {
        if from.isWelcome {
            from.wire.output.append(":\(from.mask) NICK :\(nick)\r\n")
            touch(from)
        }
        from.nick = nick
        // Users have the nicks u0, u1 … on both sides.
        from.user = Int(nick.dropFirst()) ?? -1
        welcome(from)
    }

    private func list(for connection: IRCConnection) {
        listedAt = nanoseconds()
        say("321", "Channel :Users  Name", connection)
        for number in 0..<listed {
            say("322", "#room\(number) \(number % 300) :The topic of room \(number)", connection)
        }
        say("323", ":End of LIST", connection)
    }

    func register(_ connection: IRCConnection) {
        guard connection.user >= 0 else { return }
        while byUser.count <= connection.user { byUser.append(nil) }
        byUser[connection.user] = connection
    }

    private func end(_ connection: IRCConnection) {
        connection.wire.flush()
        connection.wire.shut()
        connections[connection.wire.token] = nil
        for channel in connection.channels { channel.members.removeAll { $0 === connection } }
        if connection.user >= 0, connection.user < byUser.count, byUser[connection.user] === connection {
            byUser[connection.user] = nil
        }
    }
}
