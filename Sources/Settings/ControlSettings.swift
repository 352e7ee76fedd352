import Foundation
import GatewayKit

/// The Unix socket for the commands of operators at the machine.
package struct ControlSettings: Sendable, Equatable {
    /// The longest path of a socket, in bytes (unix(7)), less the name of the folder in which it is prepared.
    package static let longestPath = 90

    /// The path of the socket.
    package var socket: String
    /// The group whose members may use the socket, beside its owner; nil for the owner alone.
    package var group: String?

    package init(socket: String, group: String? = nil) {
        self.socket = socket
        self.group = group
    }

    /// - Parameter registry: the path of the registry. The default socket is in its folder.
    init(_ reader: ConfigReader?, registry: String, _ external: ExternalChecks) {
        self.init(socket: Self.defaultSocket(besides: registry))
        guard let reader else { return }
        defer { reader.finish() }
        if let path = reader.string("socket") {
            socket = path
            if path.isEmpty { reader.report("socket", "a path is expected here") }
            if path.utf8.count > Self.longestPath {
                reader.report("socket", "is longer than \(Self.longestPath) bytes, which is too long for a socket")
            }
        }
        group = reader.string("group")
        if let group, let flaw = external.groupFlaw(group) { reader.report("group", flaw) }
    }

    private static func defaultSocket(besides registry: String) -> String {
        guard let end = registry.lastIndex(of: "/") else { return "control.sock" }
        return registry[...end] + "control.sock"
    }

    /// The path of the socket in a configuration file, whatever else the file holds. Secrets are not read, so a user
    /// who may not read them can find the socket.
    ///
    /// - Throws: a text for the operator, if the file cannot be read or is no YAML.
    package static func socket(inFile file: String) throws(ConfigProblem) -> String {
        let place = ConfigPlace(file: file, line: 1, column: 1)
        let text: String
        do {
            text = try TextFile.read(file, atMost: YAMLConfig.longestText)
        } catch {
            throw ConfigProblem(at: place, key: "", "the file cannot be read: \(error)")
        }
        let none = SecretSources(environment: { _ in nil }, file: { _ in "" })
        let reader = ConfigReader(
            try YAMLConfig.node(from: text, file: file), path: "", problems: ConfigProblems(), secrets: none)
        if let path = reader.map("control")?.string("socket") { return path }
        guard let registry = reader.string("registry") else {
            throw ConfigProblem(at: place, key: "registry", "required, but missing")
        }
        return defaultSocket(besides: registry)
    }
}
