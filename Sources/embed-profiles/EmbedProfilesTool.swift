import Foundation

/// `embed-profiles GATEWAY OUTPUT LAST-RUN` writes a Swift file that holds the text of every YAML file in the folders
/// `networks` and `providers` of a gateway's folder. Run by the build tool plugin of the same name, never by hand.
@main
struct EmbedProfilesTool {
    /// Bytes of a profile. A larger profile is a mistake, and would slow the compiler down.
    static let largestProfile = 256 * 1024

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
        guard arguments.count == 3 else { throw ToolError("usage: embed-profiles GATEWAY OUTPUT LAST-RUN") }
        let (gateway, output, lastRun) = (arguments[0], arguments[1], arguments[2])
        let profiles = try ["networks", "providers"].flatMap { try readProfiles(in: gateway.appending(path: $0)) }
            .sorted { $0.name < $1.name }
        for (one, next) in zip(profiles, profiles.dropFirst()) where one.name == next.name {
            throw ToolError("\(gateway.path): two profiles are called \(one.name)")
        }
        let source = Data(swiftSource(of: profiles).utf8)
        // An unchanged file keeps its date, so that the target is not compiled again.
        if (try? Data(contentsOf: output)) != source { try source.write(to: output, options: .atomic) }
        try Data().write(to: lastRun, options: .atomic)
    }

    /// The profiles of one folder; none if there is no such folder.
    private static func readProfiles(in folder: URL) throws -> [(name: String, text: String)] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }
            .map { file in
                let data = try Data(contentsOf: file)
                guard data.count <= largestProfile, let text = String(validating: data, as: UTF8.self) else {
                    throw ToolError("\(file.path): not UTF-8, or larger than \(largestProfile) bytes")
                }
                return (file.deletingPathExtension().lastPathComponent, text)
            }
    }

    private static func swiftSource(of profiles: [(name: String, text: String)]) -> String {
        let entries = profiles.map { "        EmbeddedProfile(name: \(literal($0.name)), text: \(literal($0.text)))," }
        return """
            /// One profile file that ships with this adapter.
            package struct EmbeddedProfile: Sendable, Equatable {
                /// The file's name without its suffix.
                package let name: String
                package let text: String
            }

            /// The profiles that ship with this adapter, ordered by name. Written by the build from the YAML files.
            package enum EmbeddedProfiles {
                package static let files: [EmbeddedProfile] = [
            \(entries.joined(separator: "\n"))
                ]
            }

            """
    }

    /// A Swift string literal that is exactly this text, whatever it contains.
    private static func literal(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "\"": literal += "\\\(scalar)"
            case "\n": literal += "\\n"
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
                literal += "\\u{\(String(scalar.value, radix: 16))}"
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}

/// Tells the person who runs the build what to change.
struct ToolError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
