import ArgumentParser
import GatewayKit
import Settings

/// The options of every command that talks with a running Martlet.
struct ControlOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration file, which names the socket.")
    var config = "/etc/martlet/martlet.yaml"

    @Option(name: .long, help: "The socket of the running Martlet, in place of that of the configuration.")
    var socket: String?

    @Option(name: .long, help: "The domain of one gateway. Without it, the command goes to all gateways.")
    var gateway: String?

    @Flag(name: .long, help: "Print each part of the answer as one line of JSON.")
    var json = false

    /// Sends a command, and prints the answer.
    func send(_ command: String, _ values: [String: [String]] = [:], isForProgram: Bool = false) throws {
        let path = try socket ?? configuredSocket
        let request = ControlRequest(
            command: command, values: values, gateway: gateway, isForProgram: isForProgram)
        try ControlClient(socket: path, isJSON: json).run(request)
    }

    private var configuredSocket: String {
        get throws(ExitCode) {
            do throws(ConfigProblem) {
                return try ControlSettings.socket(inFile: config)
            } catch {
                ControlClient.complain(error.line)
                throw ExitCode(78)
            }
        }
    }
}
