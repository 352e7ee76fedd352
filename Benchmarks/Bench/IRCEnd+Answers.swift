/// Answers for registration and channels.
extension IRCEnd {
    func capability(_ words: [String], _ from: IRCConnection) {
        switch words.first?.uppercased() {
        case "LS":
            from.isNegotiating = true
            say("CAP * LS :\(capabilities)", to: from)
        case "REQ":
            from.isNegotiating = true
            let wanted = words.dropFirst().joined(separator: " ")
            say("CAP * ACK \(wanted.hasPrefix(":") ? wanted : ":" + wanted)", to: from)
        case "END":
            from.isNegotiating = false
            welcome(from)
        default: break
        }
    }

    func welcome(_ from: IRCConnection) {
        guard !from.isWelcome, !from.isNegotiating, from.hasUser, !from.nick.isEmpty else { return }
        from.isWelcome = true
        register(from)
        say("001", ":Welcome", from)
        say("005", "CHANTYPES=# PREFIX=(ov)@+ CHANMODES=b,k,l,imnst NICKLEN=30 NETWORK=Test :are supported", from)
        say("422", ":No message of the day", from)
    }

    func join(_ from: IRCConnection, _ channel: IRCChannel) {
        guard !channel.members.contains(where: { $0 === from }) else { return }
        joins += 1
        channel.members.append(from)
        from.channels.append(channel)
        for member in channel.members {
            member.wire.output.append(":\(from.mask) JOIN \(channel.name)\r\n")
            touch(member)
        }
        let names = channel.members.map(\.nick) + ["bob"]
        say("353", "= \(channel.name) :\(names.joined(separator: " "))", from)
        for line in channel.crowdLines(for: from.nick, width: 400) { from.wire.output.append(line) }
        say("366", "\(channel.name) :End of NAMES list", from)
    }

    func part(_ from: IRCConnection, _ channel: IRCChannel) {
        guard channel.members.contains(where: { $0 === from }) else { return }
        for member in channel.members {
            member.wire.output.append(":\(from.mask) PART \(channel.name)\r\n")
            touch(member)
        }
        channel.members.removeAll { $0 === from }
        from.channels.removeAll { $0 === channel }
    }
}

/// One user's connection to the IRC server.
final class IRCConnection {
    let wire: Wire
    /// The beginning of a line that is not complete yet.
    let pending = Bytes()
    var nick = ""
    var user = -1
    var hasUser = false
    var isNegotiating = false
    var isWelcome = false
    var channels: [IRCChannel] = []

    init(_ wire: Wire) { self.wire = wire }

    var mask: String { "\(nick)!\(nick)@gateway.test" }
}

final class IRCChannel {
    let name: String
    var members: [IRCConnection] = []
    /// The number of members that the benchmark makes up: no connection stands for them.
    var crowd = 0

    init(_ name: String) { self.name = name }

    /// The crowd in numeric 353, as lines of about `width` bytes.
    func crowdLines(for nick: String, width: Int) -> [String] {
        var lines: [String] = []
        let start = ":\(IRCEnd.name) 353 \(nick) = \(name) :"
        var line = start
        for number in 0..<crowd {
            line += "guest\(number) "
            if line.utf8.count >= width || number == crowd - 1 {
                lines.append(line + "\r\n")
                line = start
            }
        }
        return lines
    }
}
