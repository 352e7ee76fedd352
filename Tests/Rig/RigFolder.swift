import Foundation
import Glibc

/// The temporary folder of one rig, with everything that its servers share: the logs, the reaper, the ports.
///
/// All users may enter the folder, because daemons that give up root must reach their files.
package final class RigFolder: Sendable {
    package let path: String
    package let logs = ServerLogs()
    let reaper: Reaper
    /// The network namespace of all programs; nil for that of the tests.
    let network: NetworkSpace?

    /// - Parameter prefix: an IPv6 prefix that leads to this machine, in a network namespace of the rig's own.
    package init(prefix: String? = nil) throws {
        var template = Array((NSTemporaryDirectory() + "/martlet-rig-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw RigFailure("no temporary folder in \(NSTemporaryDirectory())") }
        let bytes = template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        path = URL(fileURLWithPath: String(decoding: bytes, as: UTF8.self)).standardizedFileURL.path
        chmod(path, 0o755)
        let reaper = try Reaper(folder: path)
        self.reaper = reaper
        let (folder, output) = (path, path + "/network.out")
        network = try prefix.map {
            try NetworkSpace(prefix: $0, output: output, folder: folder, reaper: reaper)
        }
    }

    /// Whether daemons can run as users of their own.
    static var isRoot: Bool { geteuid() == 0 }

    /// The command that runs a program as the user `irc`, for programs that refuse to run as root.
    static func withoutRoot(_ command: [String]) -> [String] {
        isRoot ? ["/usr/bin/setpriv", "--reuid", "irc", "--regid", "irc", "--clear-groups"] + command : command
    }

    /// The command that runs a program in the rig's network namespace.
    func inNetwork(_ arguments: [String]) -> [String] { (network?.enter ?? []) + arguments }

    /// Makes a folder for one server and returns its path.
    package func make(_ name: String) throws -> String {
        let folder = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        return folder
    }

    @discardableResult
    package func write(_ text: String, to name: String, mode: Int = 0o644) throws -> String {
        let file = path + "/" + name
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        else { throw RigFailure("cannot write \(file)") }
        return file
    }

    /// Removes the folder with everything in it.
    package func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Gives a folder and its content to another user, for daemons that give up root. Does nothing without root.
    func give(_ folder: String, to user: String) throws {
        guard Self.isRoot else { return }
        guard let entry = getpwnam(user)?.pointee else { throw RigFailure("there is no user \(user)") }
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        for file in [folder] + names.map({ folder + "/" + $0 }) { chown(file, entry.pw_uid, entry.pw_gid) }
    }
}
