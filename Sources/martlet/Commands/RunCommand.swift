import ArgumentParser
import CAllocator

/// `martlet run`: the gateway itself, until SIGTERM or SIGINT.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the gateway.",
        discussion: """
            Stays in the foreground and logs to standard error. SIGTERM and SIGINT end it after everybody has been \
            told. Exits with 0 after such an end, with 78 for a wrong configuration, with 1 for anything else.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        callocator_keep_free_memory()
        let (configuration, warnings) = try options.load()
        try await Application(configuration: configuration, warnings: warnings).run()
    }
}
