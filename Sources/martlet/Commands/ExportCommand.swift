import ArgumentParser

/// `martlet export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print all data that a gateway keeps about a user, as JSON.")

    @Argument(help: "The address of the user.")
    var user: String

    @OptionGroup var options: ControlOptions

    func run() throws {
        try options.send("export-user", ["user-jid": [user]])
    }
}
