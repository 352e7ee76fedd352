import ArgumentParser
import Foundation
import Registry
import SQLiteStore

/// `martlet backup`: copies the registry while Martlet runs.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the registry to a file, also while Martlet runs.",
        discussion: """
            The copy is the registry at one moment: accounts, contacts and messages. Only its owner can read it. It \
            contains no key and no configuration: the command prints which other files a restore needs. Exits with 73 \
            if the copy cannot be made; it never overwrites a file. The README has the steps of a restore.
            """)

    @Argument(help: "The new file.")
    var file: String

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let (registry, key) = try options.registryFiles()
        do {
            try RegistryCopy.make(of: registry, to: file)
        } catch {
            FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
            throw ExitCode(InitWriter.Refusal.cannotCreate)
        }
        print("\(file): the registry, as it was at the beginning of the copy. A restore needs these files too:")
        for other in Self.companions(options.config, key: key) { print("    \(other)") }
        print("They contain secrets: keep them apart from the copy.")
    }

    /// The files that a restore needs besides the registry: those that exist.
    static func companions(_ configuration: String, key: String) -> [String] {
        let folder = URL(fileURLWithPath: configuration).deletingLastPathComponent()
        let beside = ["providers", "networks"].map { folder.appending(path: $0).path }
        let text = (try? String(contentsOfFile: configuration, encoding: .utf8)) ?? ""
        // Every value of the form {file: PATH}, and the files of certificates and their keys.
        let named = text.matches(of: /(?:file|key|certificate):\s*"?(\/[^\s,}"]+)/).map { String($0.1) }
        var seen: Set<String> = []
        return ([configuration, key] + named + beside).filter {
            FileManager.default.fileExists(atPath: $0) && seen.insert($0).inserted
        }
    }
}
