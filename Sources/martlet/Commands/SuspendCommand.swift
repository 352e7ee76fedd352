import ArgumentParser

/// `martlet suspend`.
struct SuspendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Suspend users: they cannot use the gateway, and their data stay.")

    @Argument(help: "The addresses of the users.")
    var users: [String]

    @Option(name: .long, help: "The reason, which the users can read.")
    var reason: String?

    @OptionGroup var options: ControlOptions

    func run() throws {
        try options.send(
            "suspend", ["accountjids": users].merging(reason.map { ["reason": [$0]] } ?? [:]) { a, _ in a })
    }
}
