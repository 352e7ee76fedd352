import ArgumentParser
import Settings

/// `martlet check`: prints all problems of a configuration, and starts nothing.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Report all problems of a configuration file, with line and key.",
        discussion: """
            Exits with 0 if the file is valid, and with 78 if it has an error. Also checks whether the present user \
            can use the registry and its key file, so run it as the user who runs Martlet.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let (configuration, warnings) = try options.load()
        ConfigurationOptions.printed(warnings)
        print("\(options.config): ok, \(configuration.gateways.count) gateway(s)")
    }
}
