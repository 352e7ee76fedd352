import ArgumentParser
import Foundation
import GatewayKit
import Settings

/// What every command that reads the configuration takes, and how it says what is wrong with it.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration file.")
    var config = "/etc/martlet/martlet.yaml"

    /// Reads and validates the file; every problem is printed to standard error, one a line.
    /// - Throws: `ExitCode(78)` (EX_CONFIG of sysexits.h) if there is an error among them.
    func load() throws -> MartletConfiguration<any AdapterKind> {
        let environment = ProcessInfo.processInfo.environment
        let loaded = MartletConfiguration.load(
            file: config, environment: environment,
            adapters: AdapterCatalogue.sectionReaders(ProfileFolder(besides: config)))
        for problem in loaded.problems {
            FileHandle.standardError.write(Data("\(problem.line)\n".utf8))
        }
        guard let configuration = loaded.configuration else { throw ExitCode(78) }
        return configuration
    }
}
