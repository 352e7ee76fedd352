import GatewayKit

extension SlashCommand {
    /// Commands that change a channel, enter or leave one, or change our nick.
    static let moderation: [SlashCommand] = [
        SlashCommand("mode", usage: "/mode [channel] [+modes or -modes] [parameters]") {
            arguments, context throws(Failure) in
            let target = try modeTarget(&arguments, context)
            var parameters: [MiddleParameter] = [target]
            while arguments.peek != nil { parameters.append(try arguments.parameter()) }
            return .line(OutboundLine(.mode, parameters: parameters), confirmation: nil)
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
            return .line(OutboundLine(.topic, channel, trailing: TrailingParameter(text)), confirmation: nil)
        },
        SlashCommand("kick", usage: "/kick [channel] nick [reason]") { arguments, context throws(Failure) in
            let channel = try arguments.channel(context)
            let nick = try arguments.parameter()
            let reason = arguments.text().map { TrailingParameter($0) }
            return .line(OutboundLine(.kick, channel, nick, trailing: reason), confirmation: nil)
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
            let key: MiddleParameter? = arguments.peek == nil ? nil : try arguments.parameter()
            return .line(OutboundLine(.join, channel, key), confirmation: nil)
        },
        SlashCommand("part", "leave", usage: "/part [channel] [reason]") { arguments, context throws(Failure) in
            let channel = try arguments.channel(context)
            let reason = arguments.text().map { TrailingParameter($0) }
            return .line(OutboundLine(.part, channel, trailing: reason), confirmation: nil)
        },
        SlashCommand("knock", usage: "/knock channel [text]") { arguments, context throws(Failure) in
            let channel = try arguments.channel(context)
            return .line(
                OutboundLine("KNOCK", channel, trailing: arguments.text().map { TrailingParameter($0) }),
                confirmation: nil)
        },
        SlashCommand("nick", usage: "/nick name") { arguments, _ throws(Failure) in
            guard let nick = arguments.text() else { throw .misused }
            guard WantedNick.isValid(nick) else { throw IRCClient.badNick(nick) }
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
            guard nicks.count <= 4, let sign = mode.first, let letter = mode.last,
                let modes = MiddleParameter(String(sign) + String(repeating: letter, count: nicks.count))
            else { throw Failure(.notAcceptable, "Name at most four people at once. Nothing was sent.") }
            return .line(OutboundLine(.mode, parameters: [channel, modes] + nicks), confirmation: nil)
        }
    }

    /// A command that changes a list of masks. A nick stands for everybody with that nick.
    private static func list(_ name: String, _ mode: String) -> SlashCommand {
        SlashCommand(name, usage: "/\(name) nick or mask") { arguments, context throws(Failure) in
            let channel = try arguments.channel(context)
            let entry = try arguments.parameter().text
            let isMask = entry.contains { "!@*?$~:".contains($0) }
            guard let mask = MiddleParameter(isMask ? entry : entry + "!*@*"), let modes = MiddleParameter(mode) else {
                throw .misused
            }
            return .line(OutboundLine(.mode, parameters: [channel, modes, mask]), confirmation: nil)
        }
    }
}
