import ArgumentParser

/// `martlet reload`.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Make a running Martlet read its configuration again.",
        discussion: "A file with an error changes nothing, and this prints its errors.")

    @OptionGroup var options: ControlOptions

    func run() throws {
        try options.send("reload", isForProgram: true)
    }
}
