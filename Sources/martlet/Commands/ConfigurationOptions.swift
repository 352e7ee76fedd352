import ArgumentParser
import Foundation
import GatewayKit
import Settings

/// The options of every command that reads the configuration. Loads the file and prints its problems.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration file.")
    var config = "/etc/martlet/martlet.yaml"

    /// A configuration without errors, and the warnings about it.
    typealias Usable = (configuration: MartletConfiguration<any AdapterKind>, warnings: [ConfigProblem])

    /// Reads and checks the file. If there is an error, it prints every problem to standard error, one per line.
    /// - Throws: `ExitCode(78)` (EX_CONFIG of sysexits.h) if there is an error.
    func load() throws -> Usable {
        let loaded = Self.read(config)
        guard let configuration = loaded.configuration else {
            Self.printed(loaded.problems)
            throw ExitCode(78)
        }
        return (configuration, loaded.problems)
    }

    /// Reads and checks a file. Prints nothing: the caller decides about the problems in the result.
    static func read(_ file: String) -> MartletConfiguration<any AdapterKind>.Loaded {
        MartletConfiguration.load(
            file: file, environment: ProcessInfo.processInfo.environment,
            adapters: AdapterCatalogue.sectionReaders(ProfileFolder(besides: file)), external: .system)
    }

    /// Prints problems to standard error, one per line.
    static func printed(_ problems: [ConfigProblem]) {
        for problem in problems { FileHandle.standardError.write(Data("\(problem.line)\n".utf8)) }
    }
}
