import ArgumentParser
import Foundation
import GatewayKit
import SQLiteStore
import Settings

/// The options of every command that reads the configuration. Loads the file and prints its problems.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration file.")
    var config = ConfigurationOptions.usualFile

    /// The file of the Debian package.
    static let usualFile = "/etc/martlet/martlet.yaml"

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
    static func read(
        _ file: String, external: ExternalChecks = .system
    ) -> MartletConfiguration<any AdapterKind>.Loaded {
        let folder = ProfileFolder(besides: file)
        var loaded = MartletConfiguration.load(
            file: file, environment: ProcessInfo.processInfo.environment,
            adapters: AdapterCatalogue.sectionReaders(folder), external: external)
        for own in folder.files { loaded.configuration?.outline.add(file: own.name, content: own.text) }
        return loaded
    }

    /// Checks a file, and whether a start with it would succeed. Prints every problem to standard error. Returns the
    /// line that says that all is right.
    /// - Throws: `ExitCode(78)` if there is an error.
    static func checked(_ file: String) throws -> String {
        let loaded = read(file, external: .beforeStart)
        printed(loaded.problems)
        guard let configuration = loaded.configuration else { throw ExitCode(78) }
        let count = configuration.gateways.count
        var lines = ["\(file): ok, \(count) gateway(s)"]
        if SQLiteStore.isOfOlderVersion(configuration.registry) {
            lines.append(
                "\(configuration.registry) was written by an older Martlet. The next start brings it up to date, and the "
                    + "older Martlet cannot use it after that: make a copy first (`martlet backup FILE`)")
        }
        return lines.joined(separator: "\n")
    }

    /// Reads the paths of the registry and of its key file, and nothing else: the rest of the file may name secrets that
    /// only the service has.
    /// - Throws: `ExitCode(78)` if the file names no registry.
    func registryFiles() throws -> (registry: String, key: String) {
        let problems = ConfigProblems()
        do {
            let text = try String(contentsOfFile: config, encoding: .utf8)
            let nothing = SecretSources(environment: { _ in nil }, file: { _ in "" })
            let reader = ConfigReader(
                try YAMLConfig.node(from: text, file: config), path: "", problems: problems, secrets: nothing)
            if let registry = reader.requiredString("registry") {
                return (registry, reader.string("registry-key") ?? registry + ".key")
            }
        } catch let problem as ConfigProblem {
            problems.add(problem)
        } catch {
            let place = ConfigPlace(file: config, line: 1, column: 1)
            problems.add(ConfigProblem(at: place, key: "", "the file cannot be read: \(error.localizedDescription)"))
        }
        Self.printed(problems.all)
        throw ExitCode(78)
    }

    /// Prints problems to standard error, one per line.
    static func printed(_ problems: [ConfigProblem]) {
        for problem in problems { FileHandle.standardError.write(Data("\(problem.line)\n".utf8)) }
    }
}
