import Foundation
import Settings

/// The file of the control socket. It is made in a folder that nobody else can enter, and gets its place only when its
/// owner and mode are right, so that there is no moment at which others could open it.
struct ControlSocketFile {
    private let settings: ControlSettings
    private let folder: String

    /// The path at which the socket is to be bound. Then call `publish`.
    var boundPath: String { folder + "/s" }

    /// Prepares the folder. Throws if another program listens at the path, or something else than a socket is there.
    init(_ settings: ControlSettings) throws(StartFailure) {
        self.settings = settings
        guard settings.socket.utf8.count <= ControlSettings.longestPath else {
            throw StartFailure("control.socket: \(settings.socket) is too long for a socket; set a shorter path")
        }
        try Self.checkOld(settings.socket)
        var template = Array((settings.socket + ".XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Self.failure(settings.socket) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Gives the bound socket its mode, its group and its place. A socket that a killed process has left is replaced.
    func publish() throws(StartFailure) {
        defer { rmdir(folder) }
        guard chmod(boundPath, settings.group == nil ? 0o600 : 0o660) == 0 else { throw Self.failure(settings.socket) }
        if let group = settings.group {
            guard let entry = getgrnam(group) else {
                throw StartFailure("control.group: there is no group '\(group)' on this machine")
            }
            guard chown(boundPath, uid_t.max, entry.pointee.gr_gid) == 0 else {
                throw StartFailure(
                    "control.group: the socket cannot be given to '\(group)': \(Self.reason). The user who runs"
                        + " Martlet must be a member of the group")
            }
        }
        guard rename(boundPath, settings.socket) == 0 else { throw Self.failure(settings.socket) }
    }

    /// Removes what is left of an attempt that has failed.
    func discard() {
        unlink(boundPath)
        rmdir(folder)
    }

    private static func checkOld(_ path: String) throws(StartFailure) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw StartFailure("control.socket: \(path) is there and is no socket; set another path")
        }
        guard let descriptor = UnixSocket.connect(path) else { return }
        close(descriptor)
        throw StartFailure("control.socket: another program listens at \(path)")
    }

    private static var reason: String { String(cString: strerror(errno)) }

    private static func failure(_ path: String) -> StartFailure {
        StartFailure("control.socket: cannot make a socket at \(path): \(reason)")
    }
}
