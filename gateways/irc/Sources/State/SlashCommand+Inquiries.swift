import GatewayKit

extension SlashCommand {
    /// Commands that ask the server.
    static let inquiries: [SlashCommand] = [
        inquiry("whois", "WHOIS", usage: "/whois nick", ofPerson: true),
        inquiry("whowas", "WHOWAS", usage: "/whowas nick", ofPerson: true),
        inquiry("userhost", "USERHOST", usage: "/userhost nick", ofPerson: true),
        SlashCommand("names", usage: "/names [channel]") { arguments, context throws(Failure) in
            .line(OutboundLine("NAMES", try arguments.channel(context)), confirmation: nil)
        },
        SlashCommand("who", usage: "/who [channel or mask]") { arguments, context throws(Failure) in
            if let channel = try? arguments.channel(context) {
                return .line(OutboundLine(.who, channel), confirmation: nil)
            }
            return .line(OutboundLine(.who, try arguments.parameter()), confirmation: nil)
        },
        inquiry("motd", "MOTD"), inquiry("version", "VERSION"), inquiry("time", "TIME"), inquiry("admin", "ADMIN"),
        inquiry("info", "INFO"), inquiry("links", "LINKS"), inquiry("map", "MAP"), inquiry("lusers", "LUSERS"),
        inquiry("stats", "STATS", usage: "/stats letter"),
        SlashCommand("help", "commands", usage: "/help") { _, _ in .words(help) },
    ]

    /// The list of all commands.
    static var help: [String] {
        ["Commands of this gateway. Write // to say a text that begins with a slash."]
            + (moderation + conversations + inquiries.dropLast()).map(\.usage).filter { !$0.isEmpty }
    }

    /// A command whose words become the parameters of a line. With `ofPerson` and without words, the parameter is the
    /// person of the conversation.
    private static func inquiry(_ name: String, _ verb: Verb, usage: String? = nil, ofPerson: Bool = false)
        -> SlashCommand
    {
        SlashCommand(name, usage: usage ?? "/\(name)") { arguments, context throws(Failure) in
            var parameters: [MiddleParameter] = []
            while arguments.peek != nil { parameters.append(try arguments.parameter()) }
            if ofPerson, parameters.isEmpty {
                guard let person = context.place.person.flatMap({ MiddleParameter($0) }) else { throw .misused }
                parameters = [person]
            }
            guard parameters.count <= 4 else { throw .misused }
            return try line(verb, parameters: parameters)
        }
    }
}
