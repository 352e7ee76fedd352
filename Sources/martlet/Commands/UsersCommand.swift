import ArgumentParser

/// `martlet users`.
struct UsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "List or find the users of a running Martlet.")

    @Argument(help: "A part of the address; all users without it.")
    var text: String?

    @OptionGroup var options: ControlOptions

    func run() throws {
        try options.send("users", text.map { ["text": [$0]] } ?? [:])
    }
}
