import ArgumentParser

/// `martlet queue`.
struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Show the messages that wait, send them now, or give them up.")

    @Flag(help: "Send the waiting messages now, or give them up and tell their senders.")
    var action: Action?

    @Option(name: .long, help: "Only messages of this user, with --send or --give-up.")
    var user: String?

    enum Action: String, EnumerableFlag { case send, giveUp = "give-up" }

    @OptionGroup var options: ControlOptions

    func run() throws {
        guard let action else { return try options.send("queues") }
        var values = ["action": [action.rawValue]]
        if let user { values["jid"] = [user] }
        try options.send("drain", values)
    }
}
