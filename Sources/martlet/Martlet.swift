import ArgumentParser

/// The program. Every subcommand is a file of its own.
@main
struct Martlet: AsyncParsableCommand {
    /// Follows semantic versioning; the CHANGELOG says what changed.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "A gateway between XMPP and other networks: SMS through providers' APIs, and IRC.",
        version: version,
        subcommands: [RunCommand.self, CheckCommand.self])

    static func main() async { await main(LaunchArguments.all) }
}
