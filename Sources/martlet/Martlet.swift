import ArgumentParser

/// The program. Every subcommand has a file of its own.
@main
struct Martlet: AsyncParsableCommand {
    /// The version, by semantic versioning; the CHANGELOG lists the changes.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "A gateway between XMPP and other networks: SMS through providers' APIs, and IRC.",
        version: version,
        subcommands: [RunCommand.self, CheckCommand.self])

    static func main() async { await main(LaunchArguments.all) }
}
