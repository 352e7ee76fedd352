import ArgumentParser
import CBuildFacts

/// The program's command line. Every subcommand has its own file.
@main
struct Martlet: AsyncParsableCommand {
    /// The program's semantic version. The CHANGELOG lists the changes of each version.
    static let version = "0.1.0"

    /// The version in the first line, then the commit and the compiler of the build. A build that was not told them
    /// says `unknown`; Scripts/package tells them.
    static var buildFacts: String {
        """
        \(version)
        commit: \(String(cString: cbuildfacts_commit()))
        compiler: \(String(cString: cbuildfacts_toolchain()))
        """
    }

    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "A gateway between XMPP and other networks: SMS through providers' APIs, and IRC.",
        version: buildFacts,
        subcommands: [
            RunCommand.self, InitCommand.self, CheckCommand.self, BackupCommand.self, ImportCommand.self,
        ] + control)

    /// The commands that talk with a running Martlet.
    private static let control: [any ParsableCommand.Type] = [
        UsersCommand.self, QueueCommand.self, AnnounceCommand.self, DisconnectCommand.self, SuspendCommand.self,
        ReadmitCommand.self, DrainCommand.self, ExportCommand.self, DeleteCommand.self, ReloadCommand.self,
        LogLevelCommand.self,
    ]

    static func main() async { await main(LaunchArguments.all) }
}
