import ArgumentParser

/// `martlet log-level`.
struct LogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level", abstract: "Change the level of the log until the next start.")

    @Argument(help: "trace, debug, info, notice, warning, error, critical, or `configured`.")
    var level: String

    @OptionGroup var options: ControlOptions

    func run() throws {
        try options.send("log-level", ["level": [level]], isForProgram: true)
    }
}
