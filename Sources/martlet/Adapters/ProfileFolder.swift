import Foundation
import GatewayKit
import Settings

/// Reads profiles (`providers/*.yaml`, `networks/*.yaml`). Some are built into the program. An operator can add others
/// in folders of the same names beside the configuration file. An operator's profile replaces a built-in profile of the
/// same name.
struct ProfileFolder: Sendable {
    private let folder: URL

    /// - Parameter configuration: the path of the configuration file.
    init(besides configuration: String) {
        folder = URL(fileURLWithPath: configuration).deletingLastPathComponent()
    }

    /// Reads all profiles of a kind.
    ///
    /// - Parameters:
    ///   - kind: `providers` or `networks`.
    ///   - shipped: the built-in profiles. Give only those that are needed, because reading costs time at the start.
    func read(
        _ kind: String, over shipped: [(name: String, text: String)], _ problems: ConfigProblems
    ) -> ProfileFiles {
        let own = own(kind, problems)
        var files = ProfileFiles()
        for profile in shipped + own {
            let file = profile.name.hasSuffix(".yaml") ? profile.name : "\(profile.name).yaml"
            let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
            files.nodes[name] = nil
            do throws(ConfigProblem) {
                files.nodes[name] = try YAMLConfig.node(from: profile.text, file: file)
            } catch {
                files.broken[name] = error
            }
        }
        files.own = Set(own.map { URL(fileURLWithPath: $0.name).deletingPathExtension().lastPathComponent })
        return files
    }

    /// All files of the operator, with their folder and name, to compare them with a later reading.
    var files: [(name: String, text: String)] {
        let problems = ConfigProblems()
        return ["networks", "providers"].flatMap { kind in
            own(kind, problems).map { ("\(kind)/\(URL(fileURLWithPath: $0.name).lastPathComponent)", $0.text) }
        }
    }

    /// Reads the operator's files of a kind, with their paths as names.
    private func own(_ kind: String, _ problems: ConfigProblems) -> [(name: String, text: String)] {
        let folder = folder.appending(path: kind)
        let files: [URL]
        do {
            files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        } catch {
            if FileManager.default.fileExists(atPath: folder.path) {
                let place = ConfigPlace(file: folder.path, line: 1, column: 1)
                problems.add(
                    ConfigProblem(at: place, key: "", "the folder cannot be read: \(error.localizedDescription)"))
            }
            return []
        }
        for file in files where file.pathExtension == "yml" {
            let place = ConfigPlace(file: file.path, line: 1, column: 1)
            problems.add(
                ConfigProblem(.warning, at: place, key: "", "this file is not read: the names of profiles end in .yaml")
            )
        }
        return files.filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }.compactMap { file in
            do {
                return (file.path, try String(contentsOf: file, encoding: .utf8))
            } catch {
                let place = ConfigPlace(file: file.path, line: 1, column: 1)
                problems.add(
                    ConfigProblem(at: place, key: "", "the file cannot be read: \(error.localizedDescription)"))
                return nil
            }
        }
    }
}
