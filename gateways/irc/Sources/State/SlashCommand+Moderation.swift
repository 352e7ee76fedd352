import GatewayKit

extension SlashCommand {
    /// Commands that change a channel, enter or leave one, or change our nick.
    static let moderation: [SlashCommand] = [
        SlashCommand("mode", usage: "/mode [channel] [+modes or -modes] [parameters]") {
            arguments, context throws(Failure) in
            let target = try modeTarget(&arguments, context)
            var words: [MiddleParameter] = []
            while arguments.peek != nil { words.append(try arguments.parameter()) }
            return try modes(target, context.isChannel(target.text) ? inOrder(words, context) : words, context)
        },
        SlashCommand("topic", usage: "/topic [channel] [text]") { arguments, context throws(Failure) in
            let isHere = arguments.peek.map { !context.isChannel($0) } ?? true
            let channel = try arguments.channel(context)
            guard let text = arguments.text() else {
                guard isHere, let topic = context.topic else {
                    return .line(OutboundLine(.topic, channel), confirmation: nil)
                }
                return .words(["The topic is: \(topic.text)"])
            }
            return try line(
                .topic, channel, text: text, name: "The topic", limit: context.support.topicLength, context)
        },
        SlashCommand("kick", usage: "/kick [channel] nick [reason]") { arguments, context throws(Failure) in
            let channel = try arguments.channel(context)
            let nick = try arguments.parameter()
            return try line(
                .kick, channel, nick, text: arguments.text(), name: "The reason", limit: context.support.kickLength,
                context)
        },
        SlashCommand("invite", usage: "/invite nick [channel]") { arguments, context throws(Failure) in
            let nick = try arguments.parameter()
            let channel = try arguments.channel(context)
            let words = "\(nick.text) is invited to \(channel.text)."
            return .line(OutboundLine(.invite, nick, channel), confirmation: words)
        },
        SlashCommand("join", "j", usage: "/join channel [password]") { arguments, context throws(Failure) in
            let channel = try arguments.parameter()
            guard context.support.isChannel(channel.text) else { throw .misused }
            if let most = context.support.channelLength, channel.text.utf8.count > most {
                let words = "This network takes names of channels of at most \(most) bytes. Nothing was sent."
                throw Failure(.malformedAddress, words)
            }
            let key: MiddleParameter? = arguments.peek == nil ? nil : try arguments.parameter()
            return .line(OutboundLine(.join, channel, key), confirmation: nil)
        },
        SlashCommand("part", "leave", usage: "/part [channel] [reason]") { arguments, context throws(Failure) in
            let channel = try arguments.channel(context)
            return try line(.part, channel, text: arguments.text(), name: "The reason", context)
        },
        SlashCommand("knock", usage: "/knock channel [text]") { arguments, context throws(Failure) in
            let channel = try arguments.channel(context)
            return try line("KNOCK", channel, text: arguments.text(), name: "The text", context)
        },
        SlashCommand("nick", usage: "/nick name") { arguments, context throws(Failure) in
            guard let nick = arguments.text() else { throw .misused }
            guard WantedNick.isValid(nick) else { throw IRCClient.badNick(nick) }
            if let failure = IRCClient.longNick(nick, context.support) { throw failure }
            return .line(OutboundLine(.nick, trailing: TrailingParameter(nick)), confirmation: nil)
        },
        rank("op", "+o"), rank("deop", "-o"), rank("halfop", "+h"), rank("dehalfop", "-h"), rank("voice", "+v"),
        rank("devoice", "-v"), list("ban", "+b"), list("unban", "-b"), list("quiet", "+q"), list("unquiet", "-q"),
    ]

    /// The target of `/mode`: the channel or own nick that it names. If it begins with modes, the channel of the
    /// conversation, or our nick outside of channels.
    private static func modeTarget(_ arguments: inout Arguments, _ context: Context) throws(Failure) -> MiddleParameter
    {
        if arguments.peek == context.nick { return try arguments.parameter() }
        if let channel = try? arguments.channel(context) { return channel }
        guard let word = arguments.peek, "+-".contains(word.prefix(1)), let own = MiddleParameter(context.nick) else {
            throw .misused
        }
        return own
    }

    /// A command that gives or takes the rank of people.
    private static func rank(_ name: String, _ mode: String) -> SlashCommand {
        SlashCommand(name, usage: "/\(name) nick …") { arguments, context throws(Failure) in
            let channel = try arguments.channel(context)
            var nicks: [MiddleParameter] = [try arguments.parameter()]
            while arguments.peek != nil { nicks.append(try arguments.parameter()) }
            let letters = mode.dropFirst().map { String(repeating: $0, count: nicks.count) }.joined()
            guard nicks.count <= 20, let word = MiddleParameter(String(mode.prefix(1)) + letters) else {
                throw .misused
            }
            return try modes(channel, [word] + nicks, context)
        }
    }

    /// A command that changes a list of masks. A nick stands for the person who has it.
    private static func list(_ name: String, _ mode: String) -> SlashCommand {
        SlashCommand(name, usage: "/\(name) nick or mask") { arguments, context throws(Failure) in
            let channel = try arguments.channel(context)
            guard mode.utf8.last.map(context.support.modes.lists.contains) ?? false else {
                let things = name.contains("quiet") ? "quiets" : "bans"
                throw Failure(.unsupported, "This network has no \(things). Nothing was sent.")
            }
            let entry = try arguments.parameter().text
            guard let mask = MiddleParameter(entry), let word = MiddleParameter(mode) else { throw .misused }
            guard IRCClient.isMask(entry) else { return .mask(channel: channel, word: word, nick: entry) }
            return try modes(channel, [word, mask], context)
        }
    }
}
