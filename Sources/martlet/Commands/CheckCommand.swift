import ArgumentParser
import Settings

/// `martlet check`: prints all problems of a configuration at once, without starting anything.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with a configuration file, with line and key.",
        discussion: """
            Exits with 0 if the file is valid, with 78 if it would not. Looks also at the folder, kind and \
            mode of the registry and its key file, for the user who runs the check: let that be the user who runs \
            Martlet.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let (configuration, warnings) = try options.load()
        ConfigurationOptions.printed(warnings)
        print("\(options.config): ok, \(configuration.gateways.count) gateway(s)")
    }
}
