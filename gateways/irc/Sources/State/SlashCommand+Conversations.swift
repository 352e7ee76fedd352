import GatewayKit

extension SlashCommand {
    /// Commands that write to people, to services, or to the server.
    static let conversations: [SlashCommand] = [
        message("msg", verb: .privmsg), message("notice", verb: .notice),
        SlashCommand("ctcp", usage: "/ctcp nick command [text]") { arguments, _ throws(Failure) in
            let target = try arguments.parameter()
            guard let command = arguments.word() else { throw .misused }
            let text = CTCP.request(command.uppercased(), arguments.text() ?? "")
            return try line(.privmsg, target, text, "CTCP \(command.uppercased()) was sent to \(target.text).")
        },
        SlashCommand("away", usage: "/away [text]") { arguments, context throws(Failure) in
            try line(
                .away, text: arguments.text(), name: "The text", limit: context.support.awayLength, context)
        },
        SlashCommand("back", usage: "/back") { _, _ in .line(OutboundLine(.away), confirmation: nil) },
        SlashCommand("setname", usage: "/setname real name") { arguments, _ throws(Failure) in
            guard let name = arguments.text() else { throw .misused }
            let line = OutboundLine("SETNAME", trailing: TrailingParameter(name))
            return .line(line, confirmation: "The network was asked to show your real name as \(name).")
        },
        SlashCommand("raw", "quote", usage: "/raw line") { arguments, _ throws(Failure) in
            do throws(RawLine.Flaw) {
                return .line(OutboundLine(try RawLine(arguments.text() ?? "")), confirmation: nil)
            } catch {
                throw Failure(.notAcceptable, error.words)
            }
        },
        SlashCommand("oper", usage: "/oper name password") { arguments, _ throws(Failure) in
            let name = try arguments.parameter()
            return .line(OutboundLine("OPER", name, try arguments.parameter()), confirmation: nil)
        },
        service("nickserv", "ns"), service("chanserv", "cs"), service("memoserv", "ms"), service("hostserv", "hs"),
        service("botserv", "bs"), service("operserv", "os"), service("saslserv"), service("alis"),
        refused("me", "Write a space and some words after /me, in lower case: /me waves."),
        refused("say", "Write the text without a command."),
        refused("list", "For the list of channels, open the address of the network in your client's room browser."),
        refused("quit", "To leave the network, leave its channels, or execute the command disconnect-from-irc-server."),
        refused("server", "Each network has an address of its own. Enter a channel of the other network."),
        refused("query", "Open a chat with the address of the person, or write /msg nick text."),
        refused("connect", "Enter a channel of the network, and the gateway connects."),
    ]

    /// A command that writes a text to a person or a channel.
    private static func message(_ name: String, verb: Verb) -> SlashCommand {
        SlashCommand(name, usage: "/\(name) nick text") {
            arguments, _ throws(Failure) in
            let target = try arguments.parameter()
            guard let text = arguments.text() else { throw .misused }
            return try line(verb, target, text, "To \(target.text): \(text)")
        }
    }

    /// A command that writes to a service of the network. The text may hold a password, so it is not repeated.
    private static func service(_ name: String, _ short: String? = nil) -> SlashCommand {
        SlashCommand(names: [name] + (short.map { [$0] } ?? []), usage: "/\(short ?? name) text") {
            arguments, _ throws(Failure) in
            guard let text = arguments.text(), let target = MiddleParameter(name) else { throw .misused }
            return try line(.privmsg, target, text, "Sent to \(name). Its answer comes from its own address.")
        }
    }

    /// A command that other programs have and this gateway has not. The words say what to do instead.
    private static func refused(_ name: String, _ words: String) -> SlashCommand {
        SlashCommand(name, usage: "") { _, _ throws(Failure) in
            throw Failure(.notAcceptable, "Nothing was sent. \(words)")
        }
    }

    /// A line that writes a text. Throws if the line would be cut off.
    private static func line(
        _ verb: Verb, _ target: MiddleParameter, _ text: String, _ confirmation: String
    ) throws(Failure) -> Deed {
        // 100 bytes for the source that the server puts before the line.
        guard text.utf8.count <= OutboundLine.room(verb, target) - 100 else {
            throw Failure(.tooLong, "The text is too long for one line. Nothing was sent.")
        }
        return .line(OutboundLine(verb, target, trailing: TrailingParameter(text)), confirmation: confirmation)
    }
}
