import ArgumentParser
import CMemory

/// `martlet run`: runs all gateways until SIGTERM or SIGINT.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the gateways.",
        discussion: """
            Stays in the foreground and logs to standard error. On SIGTERM or SIGINT it says goodbye to users and \
            networks, and exits with 0. On SIGHUP it reads the configuration again. It exits with \
            78 if the configuration has an error, and with 1 after any other failure.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        cmemory_keep_free_memory()
        let (configuration, warnings) = try options.load()
        let file = options.config
        let load: ConfigReload.Load = { ConfigurationOptions.read(file) }
        try await Application(configuration: configuration, warnings: warnings, load: load).run()
    }
}
