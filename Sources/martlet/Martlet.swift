import ArgumentParser

/// The program's command line. Every subcommand has its own file.
@main
struct Martlet: AsyncParsableCommand {
    /// The program's semantic version. The CHANGELOG lists the changes of each version.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "A gateway between XMPP and other networks: SMS through providers' APIs, and IRC.",
        version: version,
        subcommands: [RunCommand.self, CheckCommand.self, ImportCommand.self])

    static func main() async { await main(LaunchArguments.all) }
}
