import ArgumentParser

/// `martlet announce`.
struct AnnounceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "announce", abstract: "Send an announcement to the users of a running Martlet.")

    @Flag(name: .long, help: "To all users, not only to those who are connected now.")
    var all = false

    @Argument(help: "The text.")
    var text: String

    @OptionGroup var options: ControlOptions

    func run() throws {
        let lines = text.split(separator: "\n").map(String.init)
        try options.send("announce", ["announcement": lines, "audience": [all ? "all" : "connected"]])
    }
}
