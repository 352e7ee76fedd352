import GatewayKit

extension SlashCommand {
    /// Commands that ask the server.
    static let serverQueries: [SlashCommand] = [
        serverQuery("whois", "WHOIS", usage: "/whois nick", ofPerson: true),
        serverQuery("whowas", "WHOWAS", usage: "/whowas nick", ofPerson: true),
        serverQuery("userhost", "USERHOST", usage: "/userhost nick", ofPerson: true),
        SlashCommand("names", usage: "/names [channel]") { arguments, context throws(Failure) in
            .line(OutboundLine("NAMES", try arguments.channel(context)), confirmation: nil)
        },
        SlashCommand("who", usage: "/who [channel or mask]") { arguments, context throws(Failure) in
            if let channel = try? arguments.channel(context) {
                return .line(OutboundLine(.who, channel), confirmation: nil)
            }
            return .line(OutboundLine(.who, try arguments.parameter()), confirmation: nil)
        },
        serverQuery("motd", "MOTD"), serverQuery("version", "VERSION"), serverQuery("time", "TIME"),
        serverQuery("admin", "ADMIN"),
        serverQuery("info", "INFO"), serverQuery("links", "LINKS"), serverQuery("map", "MAP"),
        serverQuery("lusers", "LUSERS"),
        serverQuery("stats", "STATS", usage: "/stats letter"),
        SlashCommand("help", "commands", usage: "/help") { _, _ in .words(help) },
    ]

    /// The list of all commands.
    static var help: [String] {
        ["Commands of this gateway. Write // to say a text that begins with a slash."]
            + (moderation + conversations + accounts + serverQueries.dropLast()).map(\.usage).filter { !$0.isEmpty }
    }

    /// A command whose words become the parameters of a line. With `ofPerson` and without words, the parameter is the
    /// person of the conversation.
    private static func serverQuery(_ name: String, _ verb: Verb, usage: String? = nil, ofPerson: Bool = false)
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
