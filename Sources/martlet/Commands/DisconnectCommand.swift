import ArgumentParser

/// `martlet disconnect`.
struct DisconnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disconnect", abstract: "Disconnect users from networks.")

    @Argument(help: "The addresses of the users.")
    var users: [String]

    @Option(name: .long, help: "The reason, which people on the network can read.")
    var reason: String?

    @OptionGroup var options: ControlOptions

    func run() throws {
        try options.send(
            "disconnect-user", ["jids": users].merging(reason.map { ["quit-message": [$0]] } ?? [:]) { a, _ in a })
    }
}
